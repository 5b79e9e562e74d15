/**
 * Reads base64 as the original does: the standard alphabet of RFC 4648 alone, any number of `=` at the end or none,
 * nothing else between or around; bits left over at the end are ignored.
 *
 * @param text holds the characters from `start` to before `end`
 * @returns undefined when it is not base64
 */
export function decodeBase64(text: Buffer, start: number, end: number): Buffer | undefined {
  let last = end;
  while (last > start && text[last - 1] === PADDING) last--;
  const length = last - start;
  if (length % 4 === 1) return undefined;
  return length <= SHORT ? decodeShort(text, start, last) : decodeLong(text, start, last);
}

/** Far quicker than the platform for few bytes. */
function decodeShort(text: Buffer, start: number, end: number): Buffer | undefined {
  const out = Buffer.allocUnsafe(((end - start) * 3) >> 2);
  let seen = 0;
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  let at = start;
  for (const wholeEnd = start + ((end - start) & ~3); at < wholeEnd; at += 4) {
    const a = valueOf[text[at] ?? 0] ?? INVALID;
    const b = valueOf[text[at + 1] ?? 0] ?? INVALID;
    const c = valueOf[text[at + 2] ?? 0] ?? INVALID;
    const d = valueOf[text[at + 3] ?? 0] ?? INVALID;
    seen |= a | b | c | d;
    bits = (a << 18) | (b << 12) | (c << 6) | d;
    out[length++] = bits >> 16;
    out[length++] = bits >> 8;
    out[length++] = bits;
  }
  for (; at < end; at++) {
    const value = valueOf[text[at] ?? 0] ?? INVALID;
    seen |= value;
    bits = (bits << 6) | value;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      out[length++] = bits >> bitCount;
    }
  }
  return (seen & INVALID) === 0 ? out : undefined;
}

/** The platform passes over what it does not know, which shows in the length, and knows `-` and `_`. */
function decodeLong(text: Buffer, start: number, end: number): Buffer | undefined {
  const characters = text.subarray(start, end);
  if (characters.includes(MINUS) || characters.includes(UNDERSCORE)) return undefined;
  const data = Buffer.from(characters.toString('latin1'), 'base64');
  return data.length === (characters.length * 3) >> 2 ? data : undefined;
}

/** A JSON string, quotes included, with the data in base64. */
export function encodeBase64Json(data: Buffer): Buffer {
  return data.length <= SHORT ? encodeShort(data) : Buffer.from(`"${data.toString('base64')}"`, 'latin1');
}

function encodeShort(data: Buffer): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(data.length / 3) * 4 + 2);
  let length = 0;
  out[length++] = QUOTE;
  for (let at = 0; at < data.length; at += 3) {
    const left = data.length - at;
    const bits = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    out[length++] = alphabet[bits >> 18] ?? 0;
    out[length++] = alphabet[(bits >> 12) & 63] ?? 0;
    out[length++] = left > 1 ? (alphabet[(bits >> 6) & 63] ?? 0) : PADDING;
    out[length++] = left > 2 ? (alphabet[bits & 63] ?? 0) : PADDING;
  }
  out[length] = QUOTE;
  return out;
}

/** Up to here a loop beats a call into the platform. */
const SHORT = 128;
const QUOTE = 0x22;
const MINUS = 0x2d;
const PADDING = 0x3d;
const UNDERSCORE = 0x5f;
/** A bit that no six-bit value has. */
const INVALID = 64;
const alphabet = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 'latin1');
const valueOf = new Uint8Array(256).fill(INVALID);
for (const [value, character] of alphabet.entries()) valueOf[character] = value;
