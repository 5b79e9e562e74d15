import { DataMismatchError } from '../schema/data-mismatch-error.ts';
import { OutputLimitError } from '../schema/io/byte-output.ts';
import { JsonInput } from '../schema/io/json-input.ts';
import type { SchemaCodec } from '../schema/schema-language.ts';
import { SchemaParseError } from '../schema/schema-parse-error.ts';
import { DeserializationError } from '../serde.ts';
import type { MessageLikeCodec } from './codec/message-like-codec.ts';
import { MessageCodecs } from './codec/message-codecs.ts';
import { OutOfOrderError } from './io/out-of-order-error.ts';
import { WireInput } from './io/wire-input.ts';
import { WireOutput } from './io/wire-output.ts';
import { readMessageIndexes, writeMessageIndexes, type MessageIndexes } from './message-indexes.ts';
import type { ProtoMessage } from './schema/proto-file.ts';
import type { ProtoSchema } from './schema/proto-schema.ts';

/** One message of a Protobuf schema to write; all of them to read. JSON is in the form of the proto3 JSON mapping. */
export class ProtobufSchemaCodec implements SchemaCodec {
  readonly recordName: string;
  readonly #codecs: MessageCodecs;
  readonly #first: MessageLikeCodec;
  readonly #root: MessageLikeCodec;
  readonly #indexes: Buffer;
  /** By their message indexes, other than that of the first. */
  readonly #others = new Map<string, MessageLikeCodec>();

  /**
   * @param canonicalText see SchemaCodec
   * @param messageName full name of the message to write; the first of the schema unless given
   * @throws {SchemaParseError} when there is no such message
   */
  constructor(
    private readonly schema: ProtoSchema,
    readonly canonicalText: string,
    messageName?: string,
  ) {
    this.#codecs = new MessageCodecs(schema);
    const [first] = schema.messages;
    if (first === undefined) throw new SchemaParseError('It defines no message');
    this.#first = this.#codecs.of(first);
    if (messageName === undefined || messageName === first.fullName) {
      this.recordName = first.fullName;
      this.#root = this.#first;
      this.#indexes = writeMessageIndexes([0]);
    } else {
      const found = findMessage(schema.messages, messageName);
      if (found === undefined) throw new SchemaParseError(`It defines no message ${messageName}`);
      this.recordName = messageName;
      this.#root = this.#codecs.of(found.message);
      this.#indexes = writeMessageIndexes(found.indexes);
    }
  }

  /** The same schema, with another of its messages to write. @throws {SchemaParseError} when there is no such message */
  forMessage(fullName: string): ProtobufSchemaCodec {
    return new ProtobufSchemaCodec(this.schema, this.canonicalText, fullName);
  }

  encode(json: Buffer | null, header: Buffer): Buffer {
    out.reset(mostEncoded);
    out.appendToken(header);
    out.appendToken(this.#indexes);
    jsonInput.reset(json ?? jsonNull);
    try {
      this.#root.encodeBody(jsonInput, out);
      return out.take();
    } catch (error) {
      if (error instanceof OutputLimitError) throw new DataMismatchError('', `too large: ${error.message}`);
      // A type that only google.protobuf.Any refers to, and that cannot be used.
      if (error instanceof SchemaParseError) throw new DataMismatchError('', error.message, { cause: error });
      throw error;
    } finally {
      jsonInput.reset(jsonNull);
    }
  }

  decode(data: Buffer, start: number): Buffer {
    let codec = this.#first;
    let messageStart = start + 1;
    if (data[start] !== 0) {
      const { indexes, end } = readMessageIndexes(data, start);
      codec = this.#other(indexes);
      messageStart = end;
    }
    try {
      return decodeMessage(codec, data, messageStart, false);
    } catch (error) {
      if (error instanceof OutOfOrderError) return decodeMessage(codec, data, messageStart, true);
      throw error;
    }
  }

  #other(indexes: MessageIndexes): MessageLikeCodec {
    const key = indexes.join('.');
    let codec = this.#others.get(key);
    if (codec === undefined) {
      codec = this.#codecs.of(messageAt(this.schema.messages, indexes));
      this.#others.set(key, codec);
    }
    return codec;
  }
}

function decodeMessage(codec: MessageLikeCodec, data: Buffer, start: number, careful: boolean): Buffer {
  out.reset(Math.min(mostDecoded, leastLimit + data.length * mostGrowth));
  wireInput.reset(data, start);
  wireInput.careful = careful;
  try {
    codec.decodeBody(wireInput, out);
    return out.take();
  } catch (error) {
    if (error instanceof OutputLimitError) {
      throw new DeserializationError(`As JSON it is too large: ${error.message}`, { cause: error });
    }
    if (error instanceof SchemaParseError) throw new DeserializationError(error.message, { cause: error });
    throw error;
  } finally {
    wireInput.reset(jsonNull, 0);
  }
}

/** @throws {DeserializationError} when the schema has none there */
function messageAt(messages: readonly ProtoMessage[], indexes: MessageIndexes): ProtoMessage {
  let inner = messages;
  let found: ProtoMessage | undefined;
  for (const index of indexes) {
    found = inner[index];
    if (found === undefined) break;
    inner = found.messages;
  }
  if (found === undefined) {
    throw new DeserializationError(`The schema has no message with the indexes ${indexes.join(', ')}`);
  }
  return found;
}

function findMessage(
  messages: readonly ProtoMessage[],
  fullName: string,
): { readonly message: ProtoMessage; readonly indexes: MessageIndexes } | undefined {
  for (const [index, message] of messages.entries()) {
    if (message.fullName === fullName) return { message, indexes: [index] };
    const inner = findMessage(message.messages, fullName);
    if (inner !== undefined) return { message: inner.message, indexes: [index, ...inner.indexes] };
  }
  return undefined;
}

const jsonNull = Buffer.from('null');
// Shared by all schemas: nothing is kept from one call to the next.
const out = new WireOutput();
const jsonInput = new JsonInput();
const wireInput = new WireInput();

/** Bytes. Of a record that Kafka takes there is far less. */
const mostEncoded = 134_217_728;
const mostDecoded = 268_435_456;
/** How much JSON may be made of little: fields that are not set are shown. */
const leastLimit = 16_777_216;
const mostGrowth = 1_024;
