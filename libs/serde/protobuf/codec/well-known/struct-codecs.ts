import { CLOSE_BRACKET, COMMA, LOWER_T, OPEN_BRACKET } from '../../../json-text/ascii.ts';
import type { ByteOutput } from '../../../schema/io/byte-output.ts';
import type { JsonInput } from '../../../schema/io/json-input.ts';
import { DeserializationError } from '../../../serde.ts';
import type { WireInput } from '../../io/wire-input.ts';
import type { WireOutput } from '../../io/wire-output.ts';
import type { Place } from '../field-codec.ts';
import { DoubleCodec } from '../floating-codecs.ts';
import { MapEntries } from '../map-entries.ts';
import { MessageLikeCodec } from '../message-like-codec.ts';
import { separate } from '../repeated-field.ts';
import { StringCodec } from '../string-codec.ts';
import { inside, mismatch } from '../value-codec.ts';

/** Any JSON value. */
export class JsonValueCodec extends MessageLikeCodec {
  readonly shown = 'JSON value';
  override readonly takesNull = true;
  readonly #struct = new StructCodec(this);
  readonly #list = new ListValueCodec(this);

  get struct(): StructCodec {
    return this.#struct;
  }

  get list(): ListValueCodec {
    return this.#list;
  }

  encodeBody(input: JsonInput, out: WireOutput): void {
    const kind = input.kind();
    switch (kind) {
      case 'null':
        input.at += 4;
        out.appendToken(nullBytes);
        break;
      case 'boolean':
        out.appendByte(BOOL);
        out.appendByte(input.text[input.at] === LOWER_T ? 1 : 0);
        input.skipValue();
        break;
      case 'number':
        out.appendByte(NUMBER);
        numbers.encode(input, out);
        break;
      case 'string':
        out.appendByte(STRING);
        strings.encode(input, out);
        break;
      case 'object':
        out.appendByte(STRUCT);
        this.#struct.encode(input, out);
        break;
      case 'array':
        out.appendByte(LIST);
        this.#list.encode(input, out);
        break;
    }
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    const { end } = input;
    let kind = 0;
    let valueAt = 0;
    let pieces: Place[] | undefined;
    while (input.at < end) {
      const tag = input.tag();
      if (kinds.has(tag)) {
        // The last kind counts; an object or array of the same kind is added to.
        if (tag !== kind) pieces = undefined;
        else (pieces ??= [{ tag, at: valueAt }]).push({ tag, at: input.at });
        kind = tag;
        valueAt = input.at;
      }
      input.skip(tag);
    }
    input.at = valueAt;
    if (pieces !== undefined && kind === STRUCT) this.#struct.decodeMerged(input, out, pieces);
    else if (pieces !== undefined && kind === LIST) this.#list.decodeMerged(input, out, pieces);
    else this.#decodeKind(input, out, kind);
    input.at = end;
  }

  #decodeKind(input: WireInput, out: ByteOutput, kind: number): void {
    switch (kind) {
      case BOOL:
        input.varint();
        out.appendToken((input.low | input.high) === 0 ? falseToken : trueToken);
        break;
      case NUMBER:
        requireFinite(input);
        numbers.decode(input, out);
        break;
      case STRING:
        strings.decode(input, out);
        break;
      case STRUCT:
        this.#struct.decode(input, out);
        break;
      case LIST:
        this.#list.decode(input, out);
        break;
      default:
        out.appendToken(nullToken);
    }
  }
}

/** An object in JSON. */
export class StructCodec extends MessageLikeCodec {
  readonly shown = 'object';
  readonly #entries: MapEntries;

  constructor(values: JsonValueCodec) {
    super();
    this.#entries = new MapEntries(strings, values);
  }

  encodeBody(input: JsonInput, out: WireOutput): void {
    this.#entries.encode(input, out, itemTag, this.shown);
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    this.#entries.decode(input, out, () => toNextItem(input));
  }
}

/** An array in JSON. */
export class ListValueCodec extends MessageLikeCodec {
  readonly shown = 'array';

  constructor(private readonly values: JsonValueCodec) {
    super();
  }

  encodeBody(input: JsonInput, out: WireOutput): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACKET) throw mismatch(input, this.shown);
    input.at++;
    if (text[input.at] === CLOSE_BRACKET) {
      input.at++;
      return;
    }
    let index = 0;
    try {
      do {
        out.appendToken(itemTag);
        this.values.encode(input, out);
        index++;
      } while (text[input.at++] === COMMA);
    } catch (error) {
      throw inside(`[${index}]`, error);
    }
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    out.appendByte(OPEN_BRACKET);
    while (toNextItem(input)) {
      separate(out);
      this.values.decode(input, out);
    }
    out.appendByte(CLOSE_BRACKET);
  }
}

/** Goes behind the tag of the next item of an object or array; false at the end. */
function toNextItem(input: WireInput): boolean {
  while (input.at < input.end) {
    const tag = input.tag();
    if (tag === ITEM) return true;
    input.skip(tag);
  }
  return false;
}

function requireFinite(input: WireInput): void {
  const { at } = input;
  const value = input.double();
  if (!Number.isFinite(value)) throw new DeserializationError(`A JSON value cannot be ${value}`);
  input.at = at;
}

const NUMBER = 0x11;
const STRING = 0x1a;
const BOOL = 0x20;
const STRUCT = 0x2a;
const LIST = 0x32;
const kinds: ReadonlySet<number> = new Set([0x08, NUMBER, STRING, BOOL, STRUCT, LIST]);
const ITEM = 0x0a;
const itemTag = Buffer.from([ITEM]);
const nullBytes = Buffer.from([0x08, 0]);
const nullToken = Buffer.from('null');
const trueToken = Buffer.from('true');
const falseToken = Buffer.from('false');
const strings = new StringCodec(true);
const numbers = new DoubleCodec();
