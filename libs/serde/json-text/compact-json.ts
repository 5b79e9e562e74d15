import {
  BACKSLASH,
  LOWER_B,
  LOWER_F,
  LOWER_N,
  LOWER_R,
  LOWER_T,
  LOWER_U,
  QUOTE,
  SLASH,
  SPACE,
} from './ascii.ts';

/**
 * Writes a JSON value, checked before, without white space between tokens, and with every string in one normal form:
 * Jackson's, so that a key has the same bytes however it was escaped. That is `\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r`,
 * `\u001F` for other control characters, and everything else as itself. A surrogate without its other half stays an
 * escape (`\uD800`): UTF-8 cannot carry it.
 *
 * Numbers keep their spelling, members their order, doubles included.
 */
export function compactJson(text: Buffer, start: number, end: number): Buffer {
  // No form is longer than what it replaces.
  const out = Buffer.allocUnsafe(end - start);
  let length = 0;
  let at = start;
  while (at < end) {
    let byte = text[at++] ?? 0;
    if (byte <= SPACE) continue;
    out[length++] = byte;
    if (byte !== QUOTE) continue;
    for (;;) {
      byte = text[at++] ?? QUOTE;
      if (byte !== BACKSLASH) {
        out[length++] = byte;
        if (byte === QUOTE) break;
        continue;
      }
      byte = text[at++] ?? QUOTE;
      if (byte === SLASH) {
        out[length++] = SLASH;
      } else if (byte !== LOWER_U) {
        out[length++] = BACKSLASH;
        out[length++] = byte;
      } else {
        let code = hex(text, at);
        at += 4;
        if (isHighSurrogate(code) && text[at] === BACKSLASH && text[at + 1] === LOWER_U) {
          const low = hex(text, at + 2);
          if (isLowSurrogate(low)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            at += 6;
          }
        }
        length = writeCharacter(out, length, code);
      }
    }
  }
  return out.subarray(0, length);
}

/** @returns the length after it */
function writeCharacter(out: Buffer, start: number, code: number): number {
  let length = start;
  if (code < SPACE) {
    const short = shortEscapes[code] ?? 0;
    if (short === 0) return writeEscape(out, length, code);
    out[length++] = BACKSLASH;
    out[length++] = short;
  } else if (code < 0x80) {
    if (code === QUOTE || code === BACKSLASH) out[length++] = BACKSLASH;
    out[length++] = code;
  } else if (code < 0x800) {
    out[length++] = 0xc0 | (code >> 6);
    out[length++] = 0x80 | (code & 0x3f);
  } else if (isHighSurrogate(code) || isLowSurrogate(code)) {
    return writeEscape(out, length, code);
  } else if (code < 0x10000) {
    out[length++] = 0xe0 | (code >> 12);
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
    out[length++] = 0x80 | (code & 0x3f);
  } else {
    out[length++] = 0xf0 | (code >> 18);
    out[length++] = 0x80 | ((code >> 12) & 0x3f);
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
    out[length++] = 0x80 | (code & 0x3f);
  }
  return length;
}

function writeEscape(out: Buffer, start: number, unit: number): number {
  return start + out.write(`\\u${unit.toString(16).toUpperCase().padStart(4, '0')}`, start, 'latin1');
}

function hex(text: Buffer, start: number): number {
  let code = 0;
  for (let i = start; i < start + 4; i++) {
    const digit = text[i] ?? 0;
    code = code * 16 + (digit <= 0x39 ? digit & 0x0f : (digit & 0x0f) + 9);
  }
  return code;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The letter after the backslash, by control character; 0 where there is none. */
const shortEscapes = new Uint8Array(SPACE);
shortEscapes[0x08] = LOWER_B;
shortEscapes[0x09] = LOWER_T;
shortEscapes[0x0a] = LOWER_N;
shortEscapes[0x0c] = LOWER_F;
shortEscapes[0x0d] = LOWER_R;

/**
 * Writes characters outside the basic plane as pairs of escapes (`\uD83D\uDE00`), as Jackson does in bytes.
 *
 * @param json a compact value of compactJson's form
 */
export function escapeSupplementary(json: Buffer): Buffer {
  let at = 0;
  while (at < json.length && (json[at] ?? 0) < FOUR_BYTES) at++;
  if (at === json.length) return json;
  const escaped = json
    .toString()
    .replace(/[\u{10000}-\u{10ffff}]/gu, (pair) =>
      [pair.charCodeAt(0), pair.charCodeAt(1)]
        .map((unit) => `\\u${unit.toString(16).toUpperCase()}`)
        .join(''),
    );
  return Buffer.from(escaped);
}

/** First byte of a UTF-8 character outside the basic plane, at least. */
const FOUR_BYTES = 0xf0;
