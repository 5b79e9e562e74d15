import type { SchemaType } from '#libs/schema-registry/schema-registry.ts';
import type { EmbeddedFormat } from '../embedded-format.ts';
import { SchemaLanguage, type SchemaCodec, type SchemaSource } from '../schema/schema-language.ts';
import { AvroSchemaCodec } from './avro-schema-codec.ts';
import type { AvroCodecOptions } from './codec/compile-codec.ts';
import { AvroSchemaParser } from './schema/schema-parser.ts';

/** Avro, with its data in Confluent's JSON encoding. */
export class AvroLanguage extends SchemaLanguage {
  readonly format: EmbeddedFormat = 'avro';
  readonly type: SchemaType = 'AVRO';

  /** @param options logical types are raw, as in the original, unless they say otherwise */
  constructor(private readonly options: AvroCodecOptions = { readableLogicalTypes: false }) {
    super();
  }

  compile({ text, references }: SchemaSource): SchemaCodec {
    const parser = new AvroSchemaParser();
    // One that is referred to under two names is here twice.
    for (const referenced of new Set(references.map((reference) => reference.text))) parser.parse(referenced);
    return new AvroSchemaCodec(parser.parse(text), this.options);
  }
}
