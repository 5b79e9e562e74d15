import type { RecordHeader } from '#libs/kafka/kafka-types.ts';
import type { RecordFormat } from '#libs/serde/record-format.ts';
import type { RecordSerializer, SchemaSelection } from '#libs/serde/serde.ts';

/** One half of a record that says itself how it is written. */
export interface DraftData {
  /** undefined: the format of the schema, which is selected by id or version. */
  readonly format: RecordFormat | undefined;
  readonly schema: SchemaSelection;
  /** JSON as Serde takes it: compact, checked; null for JSON null. */
  readonly json: Buffer | null;
}

/** One record, its data not serialised yet. */
export interface RecordDraft {
  readonly key: DraftData | undefined;
  readonly value: DraftData | undefined;
  /** null: the partitioner chooses. */
  readonly partition: number | null;
  readonly headers: readonly RecordHeader[] | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint | undefined;
}

/** How one half of a record was written. */
export interface WrittenData {
  readonly format: RecordFormat;
  /** Which schema was used, if one was. */
  readonly serializer: RecordSerializer;
  /** Bytes; -1 for null. */
  readonly size: number;
}

/** What became of one record. */
export type RecordOutcome =
  | {
      readonly partition: number;
      readonly offset: bigint;
      /** Milliseconds since the epoch. */
      readonly timestamp: bigint;
      /** undefined where the record had none. */
      readonly key: WrittenData | undefined;
      readonly value: WrittenData | undefined;
      readonly error?: undefined;
    }
  /** A RestError where the record was refused before it was sent, else a KafkaError; anything else is a fault of ours. */
  | { readonly error: Error };
