import type { RecordFormat } from './record-format.ts';

/** Which schema a request asks for; empty for formats without schemas. */
export interface SchemaSelection {
  readonly schema?: string;
  readonly schemaId?: number;
  readonly schemaVersion?: number | 'latest';
  readonly subject?: string;
  readonly subjectNameStrategy?: 'TOPIC_NAME' | 'RECORD_NAME' | 'TOPIC_RECORD_NAME';
}

export interface SerializationTarget {
  readonly topic: string;
  readonly isKey: boolean;
  readonly schema: SchemaSelection;
}

/** Turns JSON text into a record's bytes. Made once a request; then synchronous, record by record. */
export interface RecordSerializer {
  /** Registry id that was used; null without a schema. */
  readonly schemaId: number | null;
  /** Subject and version of the schema, for API v3; absent without a schema. */
  readonly subject?: string;
  readonly schemaVersion?: number;
  /** The schema's format; absent without a schema. */
  readonly format?: RecordFormat;
  /**
   * @param json one JSON value as compact UTF-8 text, as compactJson (json-text/) writes it, checked already; null for
   *   JSON null and for an absent member
   * @returns Kafka's bytes; null is a tombstone
   * @throws {RestError} 4xx whose message says what is wrong, without the record's place (the caller adds it)
   */
  serialize(json: Buffer | null): Buffer | null;
  /** Since the last record others had the event loop, for so many ms: that time is not the serializer's. */
  paused?(ms: number): void;
}

/**
 * One embedded format, both ways. An implementation lives in a folder of its own.
 */
export abstract class Serde {
  abstract readonly format: RecordFormat;

  /** @throws {RestError} when the schema cannot be had */
  abstract serializer(target: SerializationTarget): RecordSerializer | Promise<RecordSerializer>;

  /**
   * Turns a record's bytes, never null, into one JSON value as UTF-8 text; a promise only where a schema must be fetched.
   *
   * @throws {DeserializationError} when the bytes are not what the format promises
   */
  abstract deserialize(
    data: Buffer,
    target: { readonly topic: string; readonly isKey: boolean },
  ): Buffer | Promise<Buffer>;
}

/** Bytes that cannot be read in a format. The reader adds topic, partition and offset. */
export class DeserializationError extends Error {
  override readonly name = 'DeserializationError';
}
