import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import type { SchemaCodec } from '../schema/schema-language.ts';
import { DeserializationError } from '../serde.ts';
import type { AvroCodec } from './codec/avro-codec.ts';
import { compileRoot, type AvroCodecOptions } from './codec/compile-codec.ts';
import { AvroInput } from './io/avro-input.ts';
import { ByteOutput, OutputLimitError } from '../schema/io/byte-output.ts';
import { JsonInput } from '../schema/io/json-input.ts';
import { labelOf, type AvroSchema } from './schema/avro-schema.ts';
import { canonicalText } from './schema/canonical-text.ts';

/** One Avro schema: Confluent's JSON encoding on one side, its bytes on the other. */
export class AvroSchemaCodec implements SchemaCodec {
  readonly recordName: string;
  readonly #schema: AvroSchema;
  readonly #root: AvroCodec;
  #canonicalText: string | undefined;

  constructor(schema: AvroSchema, options: AvroCodecOptions) {
    this.#schema = schema;
    this.#root = compileRoot(schema, options);
    this.recordName = labelOf(schema);
  }

  get canonicalText(): string {
    return (this.#canonicalText ??= canonicalText(this.#schema));
  }

  encode(json: Buffer | null, header: Buffer): Buffer {
    const text = json ?? jsonNull;
    out.reset(mostEncoded);
    out.appendToken(header);
    jsonInput.reset(text);
    try {
      this.#root.encode(jsonInput, out);
      return out.take();
    } catch (error) {
      if (error instanceof OutputLimitError) throw new DataMismatchError('', `too large: ${error.message}`);
      throw error;
    } finally {
      jsonInput.reset(jsonNull);
      out.release();
    }
  }

  decode(data: Buffer, start: number): Buffer {
    out.reset(Math.min(mostDecoded, leastLimit + data.length * mostGrowth));
    avroInput.reset(data, start);
    try {
      this.#root.decode(avroInput, out);
      return out.take();
    } catch (error) {
      if (error instanceof OutputLimitError) {
        throw new DeserializationError(`As JSON it is too large: ${error.message}`, { cause: error });
      }
      throw error;
    } finally {
      avroInput.reset(jsonNull, 0);
      out.release();
    }
  }
}

const jsonNull = Buffer.from('null');
// Shared by all schemas: nothing is kept from one call to the next.
const out = new ByteOutput();
const jsonInput = new JsonInput();
const avroInput = new AvroInput();

/** Bytes. Of a record that Kafka takes there is far less. */
const mostEncoded = 134_217_728;
const mostDecoded = 268_435_456;
/** How much JSON may be made of little: items of arrays may take no byte at all. */
const leastLimit = 1_048_576;
const mostGrowth = 1_024;
