import type { SchemaType } from '#libs/schema-registry/schema-registry.ts';
import type { EmbeddedFormat } from '../embedded-format.ts';
import { SchemaLanguage, type SchemaCodec, type SchemaSource } from '../schema/schema-language.ts';
import { ProtobufSchemaCodec } from './protobuf-schema-codec.ts';
import { ProtoSchema } from './schema/proto-schema.ts';

/** Protobuf, with its data in the proto3 JSON mapping. */
export class ProtobufLanguage extends SchemaLanguage {
  readonly format: EmbeddedFormat = 'protobuf';
  readonly type: SchemaType = 'PROTOBUF';

  compile(source: SchemaSource): SchemaCodec {
    return new ProtobufSchemaCodec(new ProtoSchema(source), source.text);
  }
}
