import type { SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';

/** The schema that was used; null and absent without one. */
export interface SchemaUse {
  readonly schemaId: number | null;
  readonly subject?: string;
  readonly schemaVersion?: number;
}

export interface ProduceOutcome {
  /** What was sent, in the request's order. */
  readonly records: readonly ProducerRecord[];
  /** What became of each. */
  readonly results: readonly SendResult[];
  readonly keySchema: SchemaUse;
  readonly valueSchema: SchemaUse;
}
