import { CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE } from '../../../json-text/ascii.ts';
import { excerptOfString } from '../../../json-text/excerpt.ts';
import { DataMismatchError } from '../../../schema/data-mismatch-error.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { writeAscii } from '../../../schema/io/json-output.ts';
import { writeJsonString } from '../../../schema/io/json-strings.ts';
import { DeserializationError } from '../../../serde.ts';
import type { WireInput } from '../../io/wire-input.ts';
import type { WireOutput } from '../../io/wire-output.ts';
import { MessageCodec } from '../message-codec.ts';
import { MessageLikeCodec } from '../message-like-codec.ts';
import { stringOf, unescaped } from '../string-codec.ts';
import { inside, mismatch } from '../value-codec.ts';

/** @returns undefined when the schema does not know it */
export type FindMessage = (fullName: string) => MessageLikeCodec | undefined;

/**
 * A message of any type that the schema knows: its URL (1), which ends with its name, and its bytes (2). In JSON the URL
 * is a member `@type` among those of the message, or beside `value` where its JSON is no plain object.
 */
export class AnyCodec extends MessageLikeCodec {
  readonly shown = 'message with "@type"';

  constructor(private readonly find: FindMessage) {
    super();
  }

  encodeBody(input: JsonInput, out: WireOutput): void {
    const { text, at: start } = input;
    if (text[start] !== OPEN_BRACE) throw mismatch(input, this.shown);
    if (text[start + 1] === CLOSE_BRACE) {
      input.at += 2;
      return;
    }
    const url = typeUrl(input);
    const message = this.find(nameIn(url));
    if (message === undefined) {
      throw new DataMismatchError('.@type', `the schema has no message of type ${excerptOfString(url)}`);
    }
    const bytes = Buffer.from(url);
    out.appendByte(TYPE_URL);
    out.varint32(bytes.length);
    out.append(bytes, 0, bytes.length);
    const fieldStart = out.length;
    out.appendByte(VALUE);
    const valueStart = out.beginSized();
    input.at = start;
    out.enter();
    if (message instanceof MessageCodec) message.encodeFields(input, out, typeToken);
    else encodeMembers(input, out, message);
    out.leave();
    out.endSized(valueStart);
    if (out.length === valueStart) out.length = fieldStart;
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    const { data, end } = input;
    let url: Buffer | undefined;
    let valueAt = -1;
    while (input.at < end) {
      const tag = input.tag();
      if (tag === TYPE_URL) {
        const size = input.size();
        url = data.subarray(input.at, (input.at += size));
      } else {
        if (tag === VALUE) valueAt = input.at;
        input.skip(tag);
      }
    }
    if (url === undefined || url.length === 0) {
      if (valueAt !== -1) throw new DeserializationError('A google.protobuf.Any has a value and no type');
      writeAscii(out, '{}');
      return;
    }
    const message = this.find(nameIn(url.toString()));
    if (message === undefined) {
      throw new DeserializationError(
        `The schema has no message of type ${excerptOfString(url.toString())}, which a google.protobuf.Any has`,
      );
    }
    writeAscii(out, '{"@type":');
    writeJsonString(out, url, 0, url.length);
    input.at = valueAt === -1 ? end : valueAt;
    const size = valueAt === -1 ? 0 : input.size();
    decodeMembers(input, out, message, input.at + size);
    input.at = end;
  }
}

/** Behind the brace and the member `@type`. */
function decodeMembers(input: WireInput, out: ByteOutput, message: MessageLikeCodec, end: number): void {
  if (!(message instanceof MessageCodec)) {
    writeAscii(out, ',"value":');
    message.decodeWithin(input, out, end);
    out.appendByte(CLOSE_BRACE);
    return;
  }
  const start = out.length;
  message.decodeWithin(input, out, end);
  // Its fields become members of the object that is open.
  out.bytes[start] = COMMA;
  if (out.length !== start + 2) return;
  out.length = start;
  out.appendByte(CLOSE_BRACE);
}

/** Goes through the members of an object until it finds it. */
function typeUrl(input: JsonInput): string {
  const { text } = input;
  input.at++;
  do {
    const isType = input.take(typeBytes);
    if (isType) {
      if (text[input.at] !== QUOTE) throw inside('.@type', mismatch(input, 'URL of a type'));
      return stringOf(input);
    }
    input.at = input.stringEnd(input.at) + 1;
    input.skipValue();
  } while (text[input.at++] === COMMA);
  throw new DataMismatchError('.@type', 'expected URL of a type, got nothing');
}

/** The members `@type` and `value`, of which only the latter is read. */
function encodeMembers(input: JsonInput, out: WireOutput, message: MessageLikeCodec): void {
  const { text } = input;
  let found = false;
  input.at++;
  do {
    if (input.take(typeBytes)) {
      input.skipValue();
      continue;
    }
    const nameAt = input.at;
    input.at = input.stringEnd(nameAt) + 1;
    if (found || text.toString('latin1', nameAt, input.at) !== '"value":') {
      const name = excerptOfString(unescaped(text, nameAt, input.at - 1));
      throw new DataMismatchError(
        `.${name}`,
        found ? 'it is there twice' : 'expected "@type" and "value" alone',
      );
    }
    found = true;
    try {
      message.encodeBody(input, out);
    } catch (error) {
      throw inside('.value', error);
    }
  } while (text[input.at++] === COMMA);
  if (!found) throw new DataMismatchError('.value', `expected ${message.shown}, got nothing`);
}

function nameIn(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

const typeToken = '"@type":';
const typeBytes = Buffer.from(typeToken);
const TYPE_URL = 0x0a;
const VALUE = 0x12;
