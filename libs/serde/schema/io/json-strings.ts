import { isUtf8 } from 'node:buffer';
import { BACKSLASH, QUOTE, SPACE } from '../../json-text/ascii.ts';
import type { ByteOutput } from './byte-output.ts';
import { writeAscii } from './json-output.ts';

/** Writes UTF-8 as a JSON string. What is not UTF-8 is shown as U+FFFD, as Java shows it. */
export function writeJsonString(out: ByteOutput, data: Buffer, start: number, end: number): void {
  out.reserve(end - start + 2);
  const { bytes } = out;
  let { length } = out;
  bytes[length++] = QUOTE;
  let at = start;
  while (at < end) {
    const byte = data[at] ?? 0;
    if (byte >= 0x80 || byte < SPACE || byte === QUOTE || byte === BACKSLASH) break;
    bytes[length++] = byte;
    at++;
  }
  out.length = length;
  if (at < end) writeRest(out, data, at, end);
  out.appendByte(QUOTE);
}

function writeRest(out: ByteOutput, data: Buffer, start: number, end: number): void {
  const rest = data.subarray(start, end);
  // Everything before was ASCII, so that no character was cut.
  const text = isUtf8(rest) ? rest : Buffer.from(rest.toString());
  out.reserve(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) writeEscape(out, byte);
    else out.appendByte(byte);
  }
}

/** Writes bytes as a JSON string of the characters U+0000 to U+00FF. */
export function writeJsonBytes(out: ByteOutput, data: Buffer, start: number, end: number): void {
  out.appendByte(QUOTE);
  out.reserve((end - start) * 2);
  for (let at = start; at < end; at++) {
    const byte = data[at] ?? 0;
    if (byte >= 0x80) {
      out.appendByte(0xc0 | (byte >> 6));
      out.appendByte(0x80 | (byte & 0x3f));
    } else if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) {
      writeEscape(out, byte);
    } else {
      out.appendByte(byte);
    }
  }
  out.appendByte(QUOTE);
}

function writeEscape(out: ByteOutput, byte: number): void {
  writeAscii(out, escapes[byte] ?? '');
}

/** In Jackson's form. */
const escapes = Array.from(
  { length: SPACE },
  (_, code) => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`,
);
for (const [character, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\']) {
  escapes[character?.charCodeAt(0) ?? 0] = `\\${letter}`;
}
