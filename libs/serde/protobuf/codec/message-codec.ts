import { CLOSE_BRACE, COMMA, LOWER_N, OPEN_BRACE } from '../../json-text/ascii.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { DeserializationError } from '../../serde.ts';
import { rearrange } from '../io/chunks.ts';
import { outOfOrder } from '../io/out-of-order-error.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import type { FieldCodec, Place } from './field-codec.ts';
import { MessageLikeCodec } from './message-like-codec.ts';
import { unescaped } from './string-codec.ts';
import { inside, mismatch } from './value-codec.ts';

/** A message that is an object in JSON. Its fields are written by their numbers, as protobuf's own writers do. */
export class MessageCodec extends MessageLikeCodec {
  readonly shown: string;
  /** By number. */
  #fields: readonly FieldCodec[] = [];
  /** By `"name":` as latin-1, which needs no decoding; by either name. */
  readonly #byToken = new Map<string, number>();
  readonly #byTag = new Map<number, number>();
  #requiredCount = 0;
  /** Whether the oneofs are few enough for a bit each. */
  #fewOneofs = true;

  constructor(fullName: string) {
    super();
    this.shown = `message ${fullName}`;
  }

  /** Apart from the constructor: fields may be messages of the same schema. */
  complete(fields: readonly FieldCodec[]): void {
    this.#fields = fields.toSorted((a, b) => a.names.number - b.names.number);
    for (const [index, field] of this.#fields.entries()) {
      this.#byToken.set(field.token.toString('latin1'), index);
      this.#byTag.set(field.tag, index);
      if (field.otherTag !== undefined) this.#byTag.set(field.otherTag, index);
      if (field.required) this.#requiredCount++;
      if (field.oneof >= mostBits) this.#fewOneofs = false;
    }
    for (const [index, { otherToken }] of this.#fields.entries()) {
      if (otherToken !== undefined) this.#byToken.set(otherToken.toString('latin1'), index);
    }
  }

  encodeBody(input: JsonInput, out: WireOutput): void {
    this.encodeFields(input, out, undefined);
  }

  /** @param ignored `"name":` of a member that is none of the message */
  encodeFields(input: JsonInput, out: WireOutput, ignored: string | undefined): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACE) throw mismatch(input, this.shown);
    input.at++;
    const fields = this.#fields;
    const { chunks } = out;
    const outerChunks = chunks.length;
    const start = out.length;
    let last = -1;
    let ordered = true;
    let requiredLeft = this.#requiredCount;
    let oneofs: OneofsSet | undefined;
    let field: FieldCodec | undefined;
    if (text[input.at] === CLOSE_BRACE) {
      input.at++;
    } else {
      try {
        do {
          field = undefined;
          const index = this.#takeName(input, last + 1, ignored);
          if (index === -1) {
            input.skipValue();
            continue;
          }
          field = fields[index];
          if (field === undefined) break;
          if (text[input.at] === LOWER_N && !field.takesNull) {
            input.at += 4;
            continue;
          }
          if (index <= last) ordered = false;
          else last = index;
          if (field.oneof !== -1) (oneofs ??= new OneofsSet()).add(field);
          if (field.required) requiredLeft--;
          chunks.begin(index, out.length);
          field.encode(input, out);
        } while (text[input.at++] === COMMA);
      } catch (error) {
        throw field === undefined ? error : inside(`.${field.jsonName}`, error);
      }
    }
    if (!ordered) this.#putInOrder(out, start, outerChunks);
    if (requiredLeft !== 0) this.#requireAll(out, outerChunks);
    chunks.length = outerChunks;
  }

  /** Passes over a name and its colon. @returns the number of its field; -1 when it is to be ignored */
  #takeName(input: JsonInput, expected: number, ignored: string | undefined): number {
    const fields = this.#fields;
    // Most writers keep to the order of the fields.
    const likely = fields[expected];
    if (likely !== undefined) {
      if (input.take(likely.token)) return expected;
      if (likely.otherToken !== undefined && input.take(likely.otherToken)) return expected;
    }
    const start = input.at;
    input.at = input.stringEnd(start) + 1;
    const token = input.text.toString('latin1', start, input.at);
    const index = this.#byToken.get(token);
    if (index !== undefined) return index;
    if (token === ignored) return -1;
    const name = unescaped(input.text, start, input.at - 1);
    throw new DataMismatchError(`.${excerptOfString(name)}`, `${this.shown} has no such field`);
  }

  #putInOrder(out: WireOutput, start: number, outerChunks: number): void {
    const chunks = out.chunks.since(outerChunks, out.length);
    for (const [i, { order }] of chunks.entries()) {
      if (order !== chunks[i + 1]?.order) continue;
      throw new DataMismatchError(`.${this.#fields[order]?.jsonName}`, 'it is there twice');
    }
    rearrange(out, start, chunks);
  }

  #requireAll(out: WireOutput, outerChunks: number): void {
    const set = new Set(out.chunks.since(outerChunks, out.length).map(({ order }) => order));
    for (const [index, { required, jsonName, shown }] of this.#fields.entries()) {
      if (required && !set.has(index)) {
        throw new DataMismatchError(`.${jsonName}`, `expected ${shown}, got nothing`);
      }
    }
  }

  decodeBody(input: WireInput, out: ByteOutput): void {
    const start = out.length;
    if (input.careful || !this.#fewOneofs) this.#decodeCarefully(input, out);
    else this.#decodeInOrder(input, out);
    // Each field has begun with a comma.
    if (out.length === start) out.appendByte(OPEN_BRACE);
    else out.bytes[start] = OPEN_BRACE;
    out.appendByte(CLOSE_BRACE);
  }

  #decodeInOrder(input: WireInput, out: ByteOutput): void {
    const fields = this.#fields;
    const { end } = input;
    let next = 0;
    let oneofs = 0;
    while (input.at < end) {
      const tag = input.tag();
      let field = fields[next];
      if (field === undefined || field.tag !== tag) {
        const index = this.#byTag.get(tag);
        if (index === undefined) {
          input.skip(tag);
          continue;
        }
        if (index < next) throw outOfOrder;
        for (; next < index; next++) this.#writeAbsent(out, fields[next]);
        field = fields[index];
        if (field === undefined) break;
      }
      next++;
      if (field.oneof !== -1) {
        const bit = 1 << field.oneof;
        if ((oneofs & bit) !== 0) throw outOfOrder;
        oneofs |= bit;
      }
      field.decode(input, out, tag);
    }
    for (; next < fields.length; next++) this.#writeAbsent(out, fields[next]);
  }

  /** First finds where all fields are. */
  #decodeCarefully(input: WireInput, out: ByteOutput): void {
    const { end } = input;
    const places = new Map<number, Place[]>();
    const chosen = new Map<number, number>();
    while (input.at < end) {
      const tag = input.tag();
      const index = this.#byTag.get(tag);
      if (index !== undefined) {
        const oneof = this.#fields[index]?.oneof ?? -1;
        if (oneof !== -1) {
          // The last member that is set takes the place of the others.
          const other = chosen.get(oneof);
          if (other !== undefined && other !== index) places.delete(other);
          chosen.set(oneof, index);
        }
        const found = places.get(index);
        if (found === undefined) places.set(index, [{ tag, at: input.at }]);
        else found.push({ tag, at: input.at });
      }
      input.skip(tag);
    }
    for (const [index, field] of this.#fields.entries()) {
      const found = places.get(index);
      if (found === undefined) this.#writeAbsent(out, field);
      else field.decodeAt(input, out, found);
    }
    input.at = end;
  }

  #writeAbsent(out: ByteOutput, field: FieldCodec | undefined): void {
    if (field === undefined) return;
    if (field.required) {
      throw new DeserializationError(`Field ${field.names.name} of ${this.shown} is required and not there`);
    }
    out.appendToken(field.absent);
  }
}

/** Which members of oneofs a message has been given. */
class OneofsSet {
  readonly #members = new Map<number, FieldCodec>();

  add(field: FieldCodec): void {
    const other = this.#members.get(field.oneof);
    if (other !== undefined && other !== field) {
      throw new DataMismatchError(
        '',
        `it cannot be set together with ${other.jsonName}, which is of the same oneof`,
      );
    }
    this.#members.set(field.oneof, field);
  }
}

const mostBits = 31;
