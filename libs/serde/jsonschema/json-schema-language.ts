import type { SchemaType } from '#libs/schema-registry/schema-registry.ts';
import type { EmbeddedFormat } from '../embedded-format.ts';
import { SchemaLanguage, type SchemaCodec, type SchemaSource } from '../schema/schema-language.ts';
import { JsonSchemaCodec } from './json-schema-codec.ts';

/** JSON Schema, drafts 4, 6, 7, 2019-09 and 2020-12. */
export class JsonSchemaLanguage extends SchemaLanguage {
  readonly format: EmbeddedFormat = 'jsonschema';
  readonly type: SchemaType = 'JSON';

  compile(source: SchemaSource): SchemaCodec {
    return new JsonSchemaCodec(source);
  }
}
