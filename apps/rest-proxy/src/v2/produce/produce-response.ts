import type { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { ProduceOutcome } from '#libs/produce/produce-outcome.ts';
import { restErrorOfKafka } from '../../http/kafka-errors.ts';
import { producerMessage } from '../../http/producer-message.ts';

export interface ProduceResponse {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

/**
 * The answer to a v2 produce request: entry i tells of record i.
 *
 * Written by hand, in the original's order of members. The status is 200 whatever Kafka made of the records, except that
 * the first one refused for authentication makes it 401, for authorization 403.
 */
export function produceResponse(topic: string, outcome: ProduceOutcome): ProduceResponse {
  let status = 200;
  let body = '{"offsets":[';
  let separator = '';
  for (const result of outcome.results) {
    if (result.error === undefined) {
      const { partition, offset } = result;
      // Numbers are written several times faster than bigints.
      const digits = offset <= mostSafe ? Number(offset) : offset;
      body += `${separator}{"partition":${partition},"offset":${digits},"error_code":null,"error":null}`;
    } else {
      const { errorCode, message } = recordError(topic, result.error);
      if (status === 200) status = statusByErrorCode.get(errorCode) ?? 200;
      body += `${separator}{"partition":null,"offset":null,"error_code":${errorCode},"error":${JSON.stringify(message)}}`;
    }
    separator = ',';
  }
  body += `],"key_schema_id":${outcome.keySchema.schemaId},"value_schema_id":${outcome.valueSchema.schemaId}}`;
  return { status, body };
}

const mostSafe = BigInt(Number.MAX_SAFE_INTEGER);
const statusByErrorCode = new Map([
  [40101, 401],
  [40301, 403],
]);

/** The four codes that the original knows of single records, in the Java client's words. */
function recordError(
  topic: string,
  error: KafkaError,
): { readonly errorCode: number; readonly message: string } {
  const { errorCode } = restErrorOfKafka(error);
  return {
    errorCode: statusByErrorCode.has(errorCode) ? errorCode : error.retriable ? 50003 : 50002,
    message: producerMessage(topic, error),
  };
}
