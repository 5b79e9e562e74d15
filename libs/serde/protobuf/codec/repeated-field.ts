import { CLOSE_BRACKET, COMMA, LOWER_N, OPEN_BRACKET } from '../../json-text/ascii.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { DELIMITED, START_GROUP } from '../io/wire-types.ts';
import { FieldCodec, tagBytes, tagOf, type FieldNames, type Place } from './field-codec.ts';
import { inside, mismatch, type ValueCodec } from './value-codec.ts';

/** A field that is an array in JSON. Numbers may be packed, one behind the other; both ways are read. */
export class RepeatedField extends FieldCodec {
  readonly tag: number;
  readonly otherTag: number | undefined;
  readonly takesNull = false;
  readonly absent: Buffer;
  readonly #packed: boolean;
  readonly #packedTag: number;
  readonly #tag: Buffer;
  readonly #otherTag: Buffer | undefined;

  /** @param packed whether it is written packed, where its type allows it */
  constructor(
    names: FieldNames,
    private readonly codec: ValueCodec,
    packed: boolean,
  ) {
    super(names);
    const canPack = codec.wireType !== DELIMITED && codec.wireType !== START_GROUP;
    const single = tagOf(names.number, codec.wireType);
    this.#packedTag = canPack ? tagOf(names.number, DELIMITED) : -1;
    this.#packed = packed && canPack;
    this.tag = this.#packed ? this.#packedTag : single;
    this.otherTag = canPack ? (this.#packed ? single : this.#packedTag) : undefined;
    this.#tag = tagBytes(this.tag);
    this.#otherTag = this.otherTag === undefined ? undefined : tagBytes(this.otherTag);
    this.absent = Buffer.concat([this.opening, Buffer.from('[]')]);
  }

  get shown(): string {
    return `array of ${this.codec.shown}`;
  }

  encode(input: JsonInput, out: WireOutput): void {
    const { text } = input;
    if (text[input.at] !== OPEN_BRACKET) throw mismatch(input, this.shown);
    input.at++;
    if (text[input.at] === CLOSE_BRACKET) {
      input.at++;
      return;
    }
    if (!this.#packed) {
      this.#encodeElements(input, out, this.#tag);
      return;
    }
    out.appendToken(this.#tag);
    const start = out.beginSized();
    this.#encodeElements(input, out, undefined);
    out.endSized(start);
  }

  #encodeElements(input: JsonInput, out: WireOutput, tag: Buffer | undefined): void {
    const { text } = input;
    const { codec } = this;
    let index = 0;
    try {
      do {
        if (tag !== undefined) out.appendToken(tag);
        if (text[input.at] === LOWER_N && !codec.takesNull) throw mismatch(input, codec.shown);
        codec.encode(input, out);
        index++;
      } while (text[input.at++] === COMMA);
    } catch (error) {
      throw inside(`[${index}]`, error);
    }
  }

  decode(input: WireInput, out: ByteOutput, tag: number): void {
    this.#begin(out);
    let next = tag;
    do this.#decodeElements(input, out, next);
    while ((next = this.#takeTag(input)) !== 0);
    out.appendByte(CLOSE_BRACKET);
  }

  decodeAt(input: WireInput, out: ByteOutput, places: readonly Place[]): void {
    this.#begin(out);
    for (const { tag, at } of places) {
      input.at = at;
      this.#decodeElements(input, out, tag);
    }
    out.appendByte(CLOSE_BRACKET);
  }

  #begin(out: ByteOutput): void {
    out.appendToken(this.opening);
    out.appendByte(OPEN_BRACKET);
  }

  /** @returns 0 when another field comes next */
  #takeTag(input: WireInput): number {
    if (input.take(this.#tag)) return this.tag;
    if (this.#otherTag !== undefined && input.take(this.#otherTag)) return this.otherTag ?? 0;
    return 0;
  }

  #decodeElements(input: WireInput, out: ByteOutput, tag: number): void {
    const { codec } = this;
    if (tag !== this.#packedTag) {
      separate(out);
      codec.decode(input, out);
      return;
    }
    const size = input.size();
    const outerEnd = input.end;
    const end = (input.end = input.at + size);
    while (input.at < end) {
      separate(out);
      codec.decode(input, out);
    }
    input.end = outerEnd;
  }
}

/** Before an element that is not the first one. */
export function separate(out: ByteOutput): void {
  if (out.bytes[out.length - 1] !== OPEN_BRACKET) out.appendByte(COMMA);
}
