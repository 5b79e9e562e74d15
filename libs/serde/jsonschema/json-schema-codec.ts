import { JsonScanner } from '../json-text/json-scanner.ts';
import { JsonSyntaxError } from '../json-text/json-syntax-error.ts';
import { DeserializationError } from '../serde.ts';
import type { SchemaCodec, SchemaSource } from '../schema/schema-language.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';
import { isObject } from './json-value.ts';
import type { compileValidator } from './validation/compile-validator.ts';
import type { JsonSchemaValidator } from './validation/json-schema-validator.ts';
import { canonicalSchemaText } from './validation/schema-text.ts';
import { withMembers } from './writing/missing-members.ts';

/**
 * Data with a JSON schema: JSON text as it was sent, checked when it is written. To read it takes no more than JSON: its
 * schema is compiled for writing only.
 */
export class JsonSchemaCodec implements SchemaCodec {
  #validator: JsonSchemaValidator | undefined;
  #refusal: SchemaParseError | undefined;
  #canonicalText: string | undefined;

  constructor(private readonly source: SchemaSource) {}

  get canonicalText(): string {
    return (this.#canonicalText ??= canonicalSchemaText(this.source.text));
  }

  /** Its title. */
  get recordName(): string | undefined {
    const schema: unknown = JSON.parse(this.canonicalText);
    const title = isObject(schema) ? schema['title'] : undefined;
    return typeof title === 'string' ? title : undefined;
  }

  async requireWritable(): Promise<void> {
    if (compile === undefined) {
      // Large, and of no use to a proxy where nobody writes JSON Schema.
      ({ compileValidator: compile } = await import('./validation/compile-validator.ts'));
    }
    this.#writable();
  }

  #writable(): JsonSchemaValidator {
    if (this.#validator !== undefined) return this.#validator;
    if (this.#refusal !== undefined) throw this.#refusal;
    if (compile === undefined) throw new TypeError('requireWritable comes first');
    try {
      return (this.#validator = compile(this.source));
    } catch (error) {
      // It may have taken a while to find out.
      if (error instanceof SchemaParseError) this.#refusal = error;
      throw error;
    }
  }

  encode(json: Buffer | null, header: Buffer): Buffer {
    const text = json ?? jsonNull;
    const { value, missing } = this.#writable().check(text);
    const whole = missing.length === 0 ? text : withMembers(text, value, missing);
    const bytes = Buffer.allocUnsafe(header.length + whole.length);
    header.copy(bytes);
    whole.copy(bytes, header.length);
    return bytes;
  }

  decode(data: Buffer, start: number): Buffer {
    try {
      const scanner = new JsonScanner(data.subarray(start));
      const json = scanner.compactValue();
      scanner.finish();
      return json;
    } catch (error) {
      if (error instanceof JsonSyntaxError) throw new DeserializationError(error.message, { cause: error });
      throw error;
    }
  }
}

let compile: typeof compileValidator | undefined;
const jsonNull = Buffer.from('null');
