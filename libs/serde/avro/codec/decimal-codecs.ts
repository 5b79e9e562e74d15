import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { writeDouble, writeFloat } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { writeDecimal } from '../../schema/io/json-output.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';

export class DoubleCodec extends AvroCodec {
  readonly shown = 'double';

  encode(input: JsonInput, out: ByteOutput): void {
    writeDouble(out, decimal(input, 'double'));
  }

  decode(input: AvroInput, out: ByteOutput): void {
    writeDecimal(out, input.double());
  }
}

export class FloatCodec extends AvroCodec {
  readonly shown = 'float';

  encode(input: JsonInput, out: ByteOutput): void {
    const value = decimal(input, 'float');
    if (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
      throw outOfRange(String(value), 'float');
    writeFloat(out, value);
  }

  /** Shown widened to a double, as the original shows it: 0.1 is 0.10000000149011612. */
  decode(input: AvroInput, out: ByteOutput): void {
    writeDecimal(out, input.float());
  }
}

function decimal(input: JsonInput, shown: string): number {
  const plain = input.plainDecimal();
  if (!Number.isNaN(plain)) return plain;
  switch (input.kind()) {
    case 'number': {
      const text = input.scalarText();
      const value = Number(text);
      if (!Number.isFinite(value)) throw outOfRange(text, shown);
      return value;
    }
    case 'string':
      return special(input, shown);
    case 'null':
    case 'boolean':
    case 'object':
    case 'array':
      throw mismatch(input, shown);
  }
}

function special(input: JsonInput, shown: string): number {
  for (const [token, value] of specials) {
    if (input.take(token)) return value;
  }
  throw mismatch(input, shown);
}

/** Whether a string comes next that stands for what JSON has no number for. */
export function isSpecialDecimal(input: JsonInput): boolean {
  const { at } = input;
  const found = specials.some(([token]) => input.take(token));
  input.at = at;
  return found;
}

function outOfRange(text: string, shown: string): DataMismatchError {
  return new DataMismatchError('', `expected ${shown}, got ${excerptOfString(text)}, which is out of range`);
}

/** As they are shown, too. */
const specials: readonly (readonly [Uint8Array, number])[] = [
  [Buffer.from('"NaN"'), NaN],
  [Buffer.from('"Infinity"'), Infinity],
  [Buffer.from('"-Infinity"'), -Infinity],
];
