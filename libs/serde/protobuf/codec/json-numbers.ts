import { QUOTE } from '../../json-text/ascii.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { exactInteger } from '../../schema/io/exact-integer.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { mismatch } from './value-codec.ts';

/** Passes over digits, perhaps in quotes. @returns NaN, and stays, where it is not so plain or not exact as a number */
export function plainInteger(input: JsonInput): number {
  const start = input.at;
  if (input.text[start] !== QUOTE) return input.plainInteger();
  input.at++;
  const value = input.plainInteger();
  if (!Number.isNaN(value) && input.text[input.at] === QUOTE) {
    input.at++;
    return value;
  }
  input.at = start;
  return NaN;
}

/** Passes over a number without a fraction, however it is spelled, perhaps in quotes. */
export function exactIntegerOf(input: JsonInput, shown: string): bigint {
  const text = numberText(input, shown);
  const exact = integerPattern.test(text) ? exactInteger(text.replace('+', '')) : undefined;
  if (exact === undefined) throw wrong(shown, text);
  return exact;
}

/** Passes over a number, or a string, and gives its text; of a string, what is in it. */
export function numberText(input: JsonInput, shown: string): string {
  const kind = input.kind();
  if (kind === 'number') return input.scalarText();
  if (kind !== 'string') throw mismatch(input, shown);
  const start = input.at;
  input.at = input.stringEnd(start);
  return input.text.toString('utf8', start + 1, input.at - 1);
}

/** `expected int32, got 1.5` */
export function wrong(shown: string, got: string): DataMismatchError {
  return new DataMismatchError('', `expected ${shown}, got ${excerptOfString(got)}`);
}

export function outOfRange(shown: string, value: bigint | string): DataMismatchError {
  return new DataMismatchError('', `expected ${shown}, got ${value}, which is out of range`);
}

const integerPattern = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
