import type { SchemaType } from '#libs/schema-registry/schema-registry.ts';
import type { EmbeddedFormat } from '../embedded-format.ts';

/** A schema that another one refers to, directly or not. */
export interface ReferencedSchema {
  /** How the referring schema calls it: a type's full name in Avro, an import in Protobuf, a URI in JSON Schema. */
  readonly name: string;
  readonly text: string;
}

/** A schema with everything that it refers to. */
export interface SchemaSource {
  readonly text: string;
  /** Each after those that it refers to itself; one that is referred to under two names is here twice. */
  readonly references: readonly ReferencedSchema[];
}

/**
 * One schema, compiled. Kept and shared: without state that outlives a call.
 *
 * Both directions are synchronous, and bounded in time and memory whatever they are given.
 */
export interface SchemaCodec {
  /**
   * The text under which Confluent's clients would register the schema, so that one schema gets one id however it was
   * spelled; the text itself where there is no such form.
   */
  readonly canonicalText: string;
  /** What the strategies RECORD_NAME and TOPIC_RECORD_NAME call it; undefined for a schema without a name. */
  readonly recordName: string | undefined;

  /**
   * For formats that need more to write than to read: makes it ready, and checks that something can be written with the
   * schema. Called before the first `encode`.
   *
   * @throws {SchemaParseError}
   */
  requireWritable?(): Promise<void>;

  /**
   * @param json one JSON value as compact UTF-8 text, as compactJson (../json-text/) writes it, checked already; null
   *   for JSON null and for none, which is a datum like others here (tombstones are not the codec's matter)
   * @param header what the record's bytes begin with
   * @returns the header and the datum
   * @throws {DataMismatchError} when the schema does not take it
   */
  encode(json: Buffer | null, header: Buffer): Buffer;

  /**
   * @param data a record's bytes, not to be kept
   * @param start where, behind the header, the datum begins
   * @returns one JSON value as compact UTF-8 text; `null` for null
   * @throws {DeserializationError} when the bytes are not a datum of the schema
   */
  decode(data: Buffer, start: number): Buffer;
}

/**
 * What a schema format adds to what all of them share: its language.
 *
 * A format lives in a folder of its own and gives one of these to SchemaFormats (in serde.module.ts). The shared part does
 * the rest: which schema a request means, registering it, subjects, references, framing with magic byte and id,
 * caches, and the errors that clients see.
 */
export abstract class SchemaLanguage {
  abstract readonly format: EmbeddedFormat;
  abstract readonly type: SchemaType;

  /**
   * Parses a schema that anybody may have written, and makes what reads and writes its data.
   *
   * @param source at most 1 MiB of text, its references at most 8 MiB in all
   * @throws {SchemaParseError} when it is not a schema, or one that is too deep or too large for what it is
   */
  abstract compile(source: SchemaSource): SchemaCodec;
}
