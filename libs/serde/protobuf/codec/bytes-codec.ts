import { QUOTE } from '../../json-text/ascii.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import type { WireInput } from '../io/wire-input.ts';
import type { WireOutput } from '../io/wire-output.ts';
import { DELIMITED } from '../io/wire-types.ts';
import { wrong } from './json-numbers.ts';
import { mismatch, ValueCodec } from './value-codec.ts';

/** Bytes are base64: written in the standard alphabet and padded; read in either alphabet, padded or not. */
export class BytesCodec extends ValueCodec {
  readonly shown = 'bytes';
  readonly wireType = DELIMITED;
  readonly zero = '""';

  encode(input: JsonInput, out: WireOutput): void {
    const { text, at: start } = input;
    if (text[start] !== QUOTE) throw mismatch(input, 'bytes in base64');
    const end = input.stringEnd(start);
    let last = end - 1;
    while (last > start + 1 && text[last - 1] === PADDING) last--;
    const count = last - start - 1;
    const sizedAt = out.beginSized();
    if (count % 4 === 1 || !decode(text, start + 1, last, out)) {
      throw wrong('bytes in base64', text.toString('utf8', start, end));
    }
    out.endSized(sizedAt);
    input.at = end;
  }

  decode(input: WireInput, out: ByteOutput): void {
    const size = input.size();
    const { data } = input;
    let { at } = input;
    const end = (input.at = at + size);
    out.reserve(Math.ceil(size / 3) * 4 + 2);
    const { bytes } = out;
    let { length } = out;
    bytes[length++] = QUOTE;
    for (; at < end; at += 3) {
      const left = end - at;
      const second = left > 1 ? (data[at + 1] ?? 0) : 0;
      const third = left > 2 ? (data[at + 2] ?? 0) : 0;
      const bits = ((data[at] ?? 0) << 16) | (second << 8) | third;
      bytes[length++] = alphabet[bits >> 18] ?? 0;
      bytes[length++] = alphabet[(bits >> 12) & 63] ?? 0;
      bytes[length++] = left > 1 ? (alphabet[(bits >> 6) & 63] ?? 0) : PADDING;
      bytes[length++] = left > 2 ? (alphabet[bits & 63] ?? 0) : PADDING;
    }
    bytes[length++] = QUOTE;
    out.length = length;
  }
}

/** @returns false when there is a character that does not belong there */
function decode(text: Buffer, start: number, end: number, out: WireOutput): boolean {
  out.reserve(((end - start) * 3) >> 2);
  const { bytes } = out;
  let { length } = out;
  let seen = 0;
  let bits = 0;
  let bitCount = 0;
  for (let at = start; at < end; at++) {
    const value = valueOf[text[at] ?? 0] ?? INVALID;
    seen |= value;
    bits = ((bits << 6) | value) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
    }
  }
  out.length = length;
  return (seen & INVALID) === 0;
}

const PADDING = 0x3d;
/** A bit that no six-bit value has. */
const INVALID = 64;
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1');
const valueOf = new Uint8Array(256).fill(INVALID);
for (const [value, character] of alphabet.entries()) valueOf[character] = value;
valueOf['-'.charCodeAt(0)] = 62;
valueOf['_'.charCodeAt(0)] = 63;
