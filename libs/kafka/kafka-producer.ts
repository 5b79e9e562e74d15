import type { KafkaError } from './kafka-error.ts';
import type { ProducerRecord } from './kafka-types.ts';

/** What became of one record: where it is, or why it is not known to be anywhere. */
export type SendResult =
  | {
      readonly partition: number;
      readonly offset: bigint;
      /** Append time in ms when the topic uses LogAppendTime, else the record's own. */
      readonly timestamp: bigint;
      readonly error?: undefined;
    }
  | { readonly error: KafkaError };

/**
 * Told how far a call of `send` has come while it is under way.
 *
 * @param results by index; those below `known` are there
 */
export type SendProgress = (results: readonly SendResult[], known: number) => void;

/** Writes records to Kafka. One producer serves the whole process. */
export abstract class KafkaProducer {
  /**
   * Sends records; what is sent in the same tick of the event loop travels together.
   *
   * One result a record, in order: a failed record is a value, never a throw. Within one call the records of a
   * partition keep their order. A record whose topic or partition does not exist fails at once, with
   * UNKNOWN_TOPIC_OR_PARTITION, and lands nowhere. Nothing waits longer than `delivery.timeout.ms`.
   *
   * @param progress for callers that can use the first results while others are missing; may never be called, and must
   *   not throw
   */
  abstract send(records: readonly ProducerRecord[], progress?: SendProgress): Promise<readonly SendResult[]>;
}
