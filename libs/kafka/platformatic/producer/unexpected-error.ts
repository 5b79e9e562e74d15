import { KafkaError } from '../../kafka-error.ts';

/** What was thrown, as Kafka's error; anything else is a fault of ours that no retry mends. */
export function kafkaErrorOf(error: unknown): KafkaError {
  return error instanceof KafkaError ? error : KafkaError.of('UNKNOWN_SERVER_ERROR', null, error);
}
