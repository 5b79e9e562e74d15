import type { ByteOutput } from './byte-output.ts';
import { MINUS, ZERO } from '../../json-text/ascii.ts';

/** Writes the digits of an integer of at most 2^53 either way. */
export function writeInteger(out: ByteOutput, value: number): void {
  out.reserve(17);
  const { bytes } = out;
  let rest = value;
  if (rest < 0) {
    bytes[out.length++] = MINUS;
    rest = -rest;
  }
  if (rest >= 1_000_000_000) {
    const high = Math.floor(rest / 1_000_000_000);
    writeDigits(out, high, digitsOf(high));
    writeDigits(out, rest - high * 1_000_000_000, 9);
  } else {
    writeDigits(out, rest, digitsOf(rest));
  }
}

function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1_000 ? 3 : 4;
  if (value < 100_000_000) {
    return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
  }
  return value < 1_000_000_000 ? 9 : 10;
}

/** @param value below 2^31 */
function writeDigits(out: ByteOutput, value: number, count: number): void {
  const { bytes } = out;
  const start = out.length;
  let rest = value | 0;
  for (let at = start + count - 1; at >= start; at--) {
    const next = (rest / 10) | 0;
    bytes[at] = ZERO + (rest - next * 10);
    rest = next;
  }
  out.length = start + count;
}

export function writeBigInteger(out: ByteOutput, value: bigint): void {
  writeAscii(out, value.toString());
}

/** Shows a floating-point number as such: `1.0`, not `1`. What JSON has no number for is a string, as in Java. */
export function writeDecimal(out: ByteOutput, value: number): void {
  if (value === value >> 0 && !Object.is(value, -0)) {
    writeInteger(out, value);
    writeAscii(out, '.0');
  } else if (Number.isFinite(value)) {
    const text = Object.is(value, -0) ? '-0.0' : String(value);
    writeAscii(
      out,
      Number.isInteger(value) && !text.includes('e') && !text.includes('.') ? `${text}.0` : text,
    );
  } else {
    writeAscii(out, `"${value}"`);
  }
}

export function writeAscii(out: ByteOutput, text: string): void {
  out.reserve(text.length);
  const { bytes } = out;
  let { length } = out;
  for (let i = 0; i < text.length; i++) bytes[length++] = text.charCodeAt(i);
  out.length = length;
}
