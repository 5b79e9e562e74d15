import { isUtf8 } from 'node:buffer';
import {
  BACKSLASH,
  CR,
  DOT,
  isDigit,
  isHexDigit,
  isWordCharacter,
  LF,
  LOWER_B,
  LOWER_E,
  LOWER_F,
  LOWER_N,
  LOWER_R,
  LOWER_T,
  LOWER_U,
  MINUS,
  PLUS,
  QUOTE,
  SLASH,
  SPACE,
  TAB,
  UPPER_E,
  ZERO,
} from './ascii.ts';
import { JsonSyntaxProblems } from './json-syntax-problems.ts';

/**
 * Passes over single tokens of a JSON text and checks them. Offsets in, offsets out: the one given is that of the
 * token's first byte, the one returned that of the first byte after it. Throws JsonSyntaxError.
 */
export class JsonTokens {
  readonly end: number;
  /** Set by escapes that compactJson writes otherwise; the caller resets it. */
  loose = false;
  private view: DataView | undefined;

  /** @throws {JsonSyntaxError} when the text is not UTF-8 */
  constructor(readonly text: Buffer) {
    if (!isUtf8(text)) throw this.problems().invalidUtf8();
    this.end = text.length;
  }

  string(start: number): number {
    const text = this.text;
    const end = this.end;
    let at = start + 1;
    for (;;) {
      const shortEnd = Math.min(at + LONG_STRING, end);
      let byte = END;
      while (at < shortEnd) {
        byte = text[at] ?? 0;
        if (byte === QUOTE || byte === BACKSLASH || byte < SPACE) break;
        at++;
      }
      if (at === shortEnd) {
        if (at === end) throw this.problems().endOfInput('in a String', start);
        at = this.plainWords(at);
        continue;
      }
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH) throw this.problems().controlCharacter(at);
      at = this.escape(at);
    }
  }

  /** Four bytes a step, passes over what is no quote, backslash or control character; may stop short of the next one. */
  private plainWords(start: number): number {
    const view = (this.view ??= new DataView(this.text.buffer, this.text.byteOffset, this.text.length));
    const lastWord = this.end - 4;
    let at = start;
    while (at <= lastWord) {
      const word = view.getInt32(at, true);
      const quotes = word ^ 0x22222222;
      const backslashes = word ^ 0x5c5c5c5c;
      const found =
        ((word - 0x20202020) & ~word) |
        ((quotes - 0x01010101) & ~quotes) |
        ((backslashes - 0x01010101) & ~backslashes);
      if ((found & 0x80808080) !== 0) break;
      at += 4;
    }
    return at;
  }

  private escape(start: number): number {
    const text = this.text;
    let at = start + 1;
    if (at >= this.end) throw this.problems().endOfInput('in character escape sequence', start);
    switch (text[at] ?? 0) {
      case QUOTE:
      case BACKSLASH:
      case LOWER_B:
      case LOWER_F:
      case LOWER_N:
      case LOWER_R:
      case LOWER_T:
        return at + 1;
      case SLASH:
        this.loose = true;
        return at + 1;
      case LOWER_U:
        this.loose = true;
        for (const last = at + 4; at < last;) {
          at++;
          if (at >= this.end) throw this.problems().endOfInput('in character escape sequence', start);
          if (!isHexDigit(text[at] ?? 0)) throw this.problems().noHexDigit(at);
        }
        return at + 1;
      default:
        throw this.problems().unknownEscape(at);
    }
  }

  number(start: number): number {
    const text = this.text;
    const end = this.end;
    let at = start;
    if (text[at] === MINUS) at++;
    if (at >= end || !isDigit(text[at] ?? 0)) throw this.problems().noDigit(at, 'minus');
    if (text[at] === ZERO) {
      at++;
      if (at < end && isDigit(text[at] ?? 0)) throw this.problems().leadingZero(at);
    } else {
      at = this.digits(at);
    }
    if (at < end && text[at] === DOT) {
      at++;
      if (at >= end || !isDigit(text[at] ?? 0)) throw this.problems().noDigit(at, 'dot');
      at = this.digits(at);
    }
    if (at < end && (text[at] === LOWER_E || text[at] === UPPER_E)) {
      at++;
      if (at < end && (text[at] === PLUS || text[at] === MINUS)) at++;
      if (at >= end || !isDigit(text[at] ?? 0)) throw this.problems().noDigit(at, 'exponent');
      at = this.digits(at);
    }
    return at;
  }

  private digits(start: number): number {
    let at = start;
    while (at < this.end && isDigit(this.text[at] ?? 0)) at++;
    return at;
  }

  word(start: number, word: string): number {
    for (let i = 1; i < word.length; i++) {
      if (start + i >= this.end || this.text[start + i] !== word.charCodeAt(i)) {
        throw this.problems().unknownToken(start);
      }
    }
    const after = start + word.length;
    if (after < this.end && isWordCharacter(this.text[after] ?? 0)) throw this.problems().unknownToken(start);
    return after;
  }

  space(start: number): number {
    const text = this.text;
    const end = this.end;
    let at = start;
    while (at < end) {
      const byte = text[at] ?? 0;
      if (byte > SPACE || (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB)) break;
      at++;
    }
    return at;
  }

  problems(): JsonSyntaxProblems {
    return new JsonSyntaxProblems(this.text);
  }
}

const END = -1;
/** From here on strings are read in words. */
const LONG_STRING = 24;
