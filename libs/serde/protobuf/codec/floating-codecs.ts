import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeDecimal } from '../../schema/io/json-output.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { FIXED32, FIXED64 } from '../io/wire-types.ts';
import { numberText, outOfRange, wrong } from './json-numbers.ts';
import { ValueCodec } from './value-codec.ts';

export class DoubleCodec extends ValueCodec {
  readonly shown = 'double';
  readonly wireType = FIXED64;
  readonly zero = '0.0';

  encode(input: JsonInput, out: WireOutput): void {
    out.double(floating(input, 'double'));
  }

  decode(input: WireInput, out: ByteOutput): void {
    writeDecimal(out, input.double());
  }
}

export class FloatCodec extends ValueCodec {
  readonly shown = 'float';
  readonly wireType = FIXED32;
  readonly zero = '0.0';

  encode(input: JsonInput, out: WireOutput): void {
    const value = floating(input, 'float');
    // What rounds to something beyond the largest float.
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value))) {
      throw outOfRange('float', String(value));
    }
    out.float(value);
  }

  decode(input: WireInput, out: ByteOutput): void {
    writeDecimal(out, shortest(input.float()));
  }
}

/** The number of the fewest digits that is the same float: 0.1, not 0.10000000149011612. */
export function shortest(float: number): number {
  const rounded = Math.round(float * 1_000) / 1_000;
  // So few digits stand for one float only.
  if (Math.abs(rounded) < 1_000 && Math.fround(rounded) === float && rounded !== 0) return rounded;
  if (!Number.isFinite(float) || float === 0) return float;
  for (let digits = 6; digits < 9; digits++) {
    const candidate = Number(float.toPrecision(digits));
    if (Math.fround(candidate) === float) return candidate;
  }
  return Number(float.toPrecision(9));
}

/** Passes over a number, perhaps in quotes, or the name of what JSON has no number for. */
function floating(input: JsonInput, shown: string): number {
  const plain = input.plainDecimal();
  if (!Number.isNaN(plain)) return plain;
  const text = numberText(input, shown);
  const special = specials.get(text);
  if (special !== undefined) return special;
  if (!numberPattern.test(text)) throw wrong(shown, `"${text}"`);
  const value = Number(text);
  if (!Number.isFinite(value)) throw outOfRange(shown, text);
  return value;
}

const specials: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
