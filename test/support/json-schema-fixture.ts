import { JsonSchemaLanguage } from '../../libs/serde/jsonschema/json-schema-language.ts';
import { DataMismatchError } from '../../libs/serde/schema/data-mismatch-error.ts';
import type { ReferencedSchema, SchemaCodec } from '../../libs/serde/schema/schema-language.ts';

/** @param schema its text, or what JSON.stringify makes one of */
export function codecOf(schema: unknown, references: readonly ReferencedSchema[] = []): SchemaCodec {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return new JsonSchemaLanguage().compile({ text, references });
}

// What compiles schemas is loaded once, by the first that asks.
await codecOf(true).requireWritable?.();

/** Compiles a codec's schema. @throws {SchemaParseError} */
export function compile(codec: SchemaCodec): void {
  try {
    codec.encode(null, Buffer.alloc(0));
  } catch (error) {
    if (!(error instanceof DataMismatchError)) throw error;
  }
}

/** What is written of a compact JSON text. */
export function encoded(schema: unknown, json: string, references: readonly ReferencedSchema[] = []): string {
  return codecOf(schema, references).encode(Buffer.from(json), Buffer.alloc(0)).toString();
}

/** `place: problem`, or "" where there is none. */
export function problem(schema: unknown, json: string, references: readonly ReferencedSchema[] = []): string {
  try {
    encoded(schema, json, references);
    return '';
  } catch (error) {
    if (error instanceof DataMismatchError) return error.message;
    throw error;
  }
}
