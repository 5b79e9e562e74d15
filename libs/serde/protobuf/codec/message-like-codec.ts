import { DeserializationError } from '../../serde.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { DELIMITED } from '../io/wire-types.ts';
import type { Place } from './field-codec.ts';
import { ValueCodec } from './value-codec.ts';

/** A message, behind its length where it is in another one. */
export abstract class MessageLikeCodec extends ValueCodec {
  readonly wireType = DELIMITED;
  /** A message that is not there is not shown. */
  readonly zero = '';

  /** Writes the fields alone. @throws {DataMismatchError} */
  abstract encodeBody(input: JsonInput, out: WireOutput): void;

  /** Reads fields up to the input's end. @throws {DeserializationError} */
  abstract decodeBody(input: WireInput, out: ByteOutput): void;

  encode(input: JsonInput, out: WireOutput): void {
    const start = out.beginSized();
    out.enter();
    this.encodeBody(input, out);
    out.leave();
    out.endSized(start);
  }

  decode(input: WireInput, out: ByteOutput): void {
    const size = input.size();
    this.decodeWithin(input, out, input.at + size);
  }

  /** Reads fields up to an end of their own. */
  decodeWithin(input: WireInput, out: ByteOutput, end: number): void {
    const outerEnd = input.end;
    input.end = end;
    input.enter();
    this.decodeBody(input, out);
    if (input.at !== end) {
      throw new DeserializationError(`A message does not end where it should (byte ${input.at})`);
    }
    input.depth--;
    input.end = outerEnd;
  }

  /** Reads a message that comes in pieces: the same as if their fields came after one another. */
  decodeMerged(input: WireInput, out: ByteOutput, places: readonly Place[]): void {
    const bodies = places.map(({ at }) => {
      input.at = at;
      const size = input.size();
      return input.data.subarray(input.at, input.at + size);
    });
    this.decodeBodies(input, out, bodies);
  }

  decodeBodies(input: WireInput, out: ByteOutput, bodies: readonly Buffer[]): void {
    const { data, at } = input;
    input.data = Buffer.concat(bodies);
    input.at = 0;
    const { end } = input;
    input.end = input.data.length;
    this.decodeWithin(input, out, input.data.length);
    input.data = data;
    input.at = at;
    input.end = end;
  }

  /** Of the values of a map, which are always there: a message without fields. */
  override writeZero(out: ByteOutput): void {
    this.decodeBody(new WireInput(), out);
  }
}
