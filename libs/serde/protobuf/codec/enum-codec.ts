import { QUOTE } from '../../json-text/ascii.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeInteger } from '../../schema/io/json-output.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { VARINT } from '../io/wire-types.ts';
import type { ProtoEnum } from '../schema/proto-file.ts';
import { exactIntegerOf, outOfRange, wrong } from './json-numbers.ts';
import { mismatch, ValueCodec } from './value-codec.ts';

/** Values are shown by name, those without one as numbers; both are taken. */
export class EnumCodec extends ValueCodec {
  readonly shown: string;
  readonly wireType = VARINT;
  readonly zero: string;
  /** By name in quotes, as latin-1, which needs no decoding. */
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #tokens = new Map<number, Buffer>();
  readonly #closed: boolean;

  constructor({ fullName, values, closed }: ProtoEnum) {
    super();
    this.shown = `enum ${fullName}`;
    this.#closed = closed;
    this.#numbers = new Map(values.map(([name, number]) => [`"${name}"`, number]));
    // Of several names of a number the first is shown.
    for (const [name, number] of values) {
      if (!this.#tokens.has(number)) this.#tokens.set(number, Buffer.from(`"${name}"`));
    }
    this.zero = `"${values[0]?.[0] ?? ''}"`;
  }

  encode(input: JsonInput, out: WireOutput): void {
    const value = this.#number(input);
    if (value < 0) out.varint64(value, -1);
    else out.varint32(value);
  }

  #number(input: JsonInput): number {
    const { text, at: start } = input;
    if (text[start] === QUOTE) {
      const end = input.stringEnd(start);
      const quoted = text.toString('latin1', start, end);
      const number = this.#numbers.get(quoted);
      if (number !== undefined) {
        input.at = end;
        return number;
      }
      if (!/^"-?\d+"$/.test(quoted)) throw wrong(this.shown, text.toString('utf8', start, end));
    } else if (input.kind() !== 'number') {
      throw mismatch(input, this.shown);
    }
    const exact = exactIntegerOf(input, this.shown);
    if (exact !== BigInt.asIntN(32, exact)) throw outOfRange(this.shown, exact);
    const number = Number(exact);
    if (this.#closed && !this.#tokens.has(number)) throw wrong(this.shown, String(number));
    return number;
  }

  decode(input: WireInput, out: ByteOutput): void {
    input.varint();
    const number = input.low | 0;
    const token = this.#tokens.get(number);
    if (token === undefined) writeInteger(out, number);
    else out.appendToken(token);
  }
}

/** google.protobuf.NullValue: null, whatever its number. */
export class NullValueCodec extends ValueCodec {
  readonly shown = 'null';
  readonly wireType = VARINT;
  readonly zero = 'null';
  override readonly takesNull = true;

  encode(input: JsonInput, out: WireOutput): void {
    // The name and the number of its only value are taken, too.
    const known = nullTokens.some((token) => input.take(token));
    if (!known) throw mismatch(input, 'null');
    out.appendByte(0);
  }

  decode(input: WireInput, out: ByteOutput): void {
    input.varint();
    out.appendToken(nullToken);
  }
}

const nullToken = Buffer.from('null');
const nullTokens = [nullToken, Buffer.from('"NULL_VALUE"'), Buffer.from('0')];
