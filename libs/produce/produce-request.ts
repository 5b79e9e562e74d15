import type { RecordHeader } from '#libs/kafka/kafka-types.ts';
import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import type { SchemaSelection } from '#libs/serde/serde.ts';

/** How the keys, or the values, of a request are written. */
export interface DataFormat {
  readonly format: EmbeddedFormat;
  readonly schema: SchemaSelection;
}

/** One record, its data not serialised yet. */
export interface RecordToProduce {
  /** JSON as Serde takes it: compact, checked; null for JSON null and for none. */
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Overrides the request's. */
  readonly partition: number | null;
  readonly headers: readonly RecordHeader[] | undefined;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint | undefined;
}

/** Where in the request a record's data stands, for messages: `records[3].value`. */
export type PlaceOf = (index: number, part: 'key' | 'value') => string;

export interface ProduceRequest {
  readonly topic: string;
  /** For records that name none; null: the partitioner chooses. */
  readonly partition: number | null;
  readonly key: DataFormat;
  readonly value: DataFormat;
  readonly records: readonly RecordToProduce[];
  readonly placeOf: PlaceOf;
}
