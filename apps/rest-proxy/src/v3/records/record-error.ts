import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { restErrorOfKafka, toRestError } from '../../http/kafka-errors.ts';
import { producerMessage } from '../../http/producer-message.ts';

/** What is answered to a record that was not written. */
export interface RecordError {
  readonly errorCode: number;
  readonly message: string;
}

/** Codes that speak of the data and its schema go out as 422, with the code in the text, as in the original. */
export function recordError(topic: string, error: Error): RecordError {
  const rest = restErrorOf(error);
  const { status, errorCode } = rest;
  const message = firstLine(error instanceof KafkaError ? producerMessage(topic, error) : rest.message);
  return status === 422 && errorCode !== 422
    ? { errorCode: 422, message: `Error: ${errorCode} : ${message}` }
    : { errorCode, message };
}

function restErrorOf(error: Error): RestError {
  if (!(error instanceof KafkaError)) return toRestError(error);
  switch (error.kind) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'UNKNOWN_TOPIC_ID':
      return restErrors.notInMetadata(error.message, { cause: error });
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return restErrors.recordTooLarge(error.message, { cause: error });
    case 'BUFFER_EXHAUSTED':
      return restErrors.overloaded(error.message, { cause: error });
    default:
      return restErrorOfKafka(error);
  }
}

function firstLine(message: string): string {
  const end = message.indexOf('\n');
  return end === -1 ? message : message.slice(0, end);
}
