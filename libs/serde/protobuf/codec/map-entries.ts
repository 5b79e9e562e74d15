import { CLOSE_BRACE, COLON, COMMA, LOWER_N, OPEN_BRACE, QUOTE } from '../../json-text/ascii.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { rearrange, type Chunk } from '../io/chunks.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { tagBytes, tagOf, type Place } from './field-codec.ts';
import { MessageLikeCodec } from './message-like-codec.ts';
import { unescaped } from './string-codec.ts';
import { inside, mismatch, type ValueCodec } from './value-codec.ts';

/** The entries of a map: an object in JSON, one small message each in protobuf. */
export class MapEntries {
  readonly #keyTag: Buffer;
  readonly #valueTag: Buffer;
  readonly #valueTagNumber: number;
  readonly #keyTagNumber: number;

  constructor(
    private readonly keys: ValueCodec,
    private readonly values: ValueCodec,
  ) {
    this.#keyTagNumber = tagOf(1, keys.wireType);
    this.#valueTagNumber = tagOf(2, values.wireType);
    this.#keyTag = tagBytes(this.#keyTagNumber);
    this.#valueTag = tagBytes(this.#valueTagNumber);
  }

  /** @param tag written before each of them */
  encode(input: JsonInput, out: WireOutput, tag: Buffer, shown: string): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACE) throw mismatch(input, shown);
    input.at++;
    if (text[input.at] === CLOSE_BRACE) {
      input.at++;
      return;
    }
    const { values } = this;
    let nameAt = input.at;
    out.enter();
    try {
      do {
        nameAt = input.at;
        out.appendToken(tag);
        const start = out.beginSized();
        out.appendToken(this.#keyTag);
        this.keys.encode(input, out);
        input.at++;
        if (text[input.at] === LOWER_N && !values.takesNull) throw mismatch(input, values.shown);
        out.appendToken(this.#valueTag);
        values.encode(input, out);
        out.endSized(start);
      } while (text[input.at++] === COMMA);
    } catch (error) {
      const name = unescaped(text, nameAt, input.stringEnd(nameAt));
      throw inside(`[${JSON.stringify(excerptOfString(name))}]`, error);
    }
    out.leave();
  }

  /** Writes an object. @param next goes behind the tag of the next entry; false when there is none */
  decode(input: WireInput, out: ByteOutput, next: () => boolean): void {
    out.appendByte(OPEN_BRACE);
    const start = out.length;
    const entries = new Map<string, Chunk>();
    let count = 0;
    while (next()) {
      const entryStart = out.length;
      const keyEnd = this.#decodeEntry(input, out);
      const key = out.bytes.toString('latin1', entryStart, keyEnd);
      // The last entry of a key counts, in the place of the first.
      entries.set(key, { order: count++, start: entryStart, end: out.length });
    }
    if (entries.size < count) rearrange(out, start, [...entries.values()]);
    // Each is followed by a comma.
    if (count > 0) out.length--;
    out.appendByte(CLOSE_BRACE);
  }

  /** Writes `"key":value,`. @returns where the key ends */
  #decodeEntry(input: WireInput, out: ByteOutput): number {
    const size = input.size();
    const outerEnd = input.end;
    const end = (input.end = input.at + size);
    input.enter();
    let keyAt = -1;
    let valueAt = -1;
    let pieces: Place[] | undefined;
    while (input.at < end) {
      const tag = input.tag();
      if (tag === this.#keyTagNumber) {
        keyAt = input.at;
      } else if (tag === this.#valueTagNumber) {
        if (valueAt !== -1) (pieces ??= [{ tag, at: valueAt }]).push({ tag, at: input.at });
        valueAt = input.at;
      }
      input.skip(tag);
    }
    this.#decodeKey(input, out, keyAt);
    const keyEnd = out.length;
    out.appendByte(COLON);
    const { values } = this;
    if (valueAt === -1) {
      values.writeZero(out);
    } else if (pieces !== undefined && values instanceof MessageLikeCodec) {
      values.decodeMerged(input, out, pieces);
    } else {
      input.at = valueAt;
      values.decode(input, out);
    }
    out.appendByte(COMMA);
    input.depth--;
    input.at = end;
    input.end = outerEnd;
    return keyEnd;
  }

  #decodeKey(input: WireInput, out: ByteOutput, at: number): void {
    const { keys } = this;
    // Strings and large numbers have quotes themselves.
    const quoted = keys.zero.startsWith('"');
    if (!quoted) out.appendByte(QUOTE);
    if (at === -1) {
      keys.writeZero(out);
    } else {
      input.at = at;
      keys.decode(input, out);
    }
    if (!quoted) out.appendByte(QUOTE);
  }
}
