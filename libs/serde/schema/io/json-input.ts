import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  DOT,
  LOWER_E,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  UPPER_E,
  ZERO,
} from '../../json-text/ascii.ts';
import type { JsonKind } from '../../json-text/json-scanner.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { ContainerEnds } from './container-ends.ts';

/**
 * Goes through one JSON value that is known to be well-formed and compact (see SchemaCodec.encode), so that nothing is
 * checked again: between two tokens there is nothing.
 */
export class JsonInput {
  text: Buffer = Buffer.alloc(0);
  at = 0;
  #skipped = 0;
  #spent = 0;
  #ends: ContainerEnds | undefined;

  reset(text: Buffer): void {
    this.text = text;
    this.at = 0;
    this.#skipped = 0;
    this.#spent = 0;
    this.#ends = undefined;
  }

  /**
   * Says that fields are gone through that the text has nothing of. A small text can ask for any number of them.
   *
   * @throws {DataMismatchError} when it is too much
   */
  spend(fields: number): void {
    this.#spent += fields;
    if (this.#spent > mostFields) throw new DataMismatchError('', 'too many fields are left out');
  }

  kind(): JsonKind {
    switch (this.text[this.at] ?? 0) {
      case OPEN_BRACE:
        return 'object';
      case OPEN_BRACKET:
        return 'array';
      case QUOTE:
        return 'string';
      case LOWER_N:
        return 'null';
      case LOWER_T:
      case LOWER_F:
        return 'boolean';
      default:
        return 'number';
    }
  }

  /** Passes over bytes if they come next. */
  take(token: Uint8Array): boolean {
    const { text, at } = this;
    const count = token.length;
    for (let i = 0; i < count; i++) {
      if (text[at + i] !== token[i]) return false;
    }
    this.at = at + count;
    return true;
  }

  /** Passes over digits. @returns NaN, and stays, where something else comes, or more digits than a number is exact in */
  plainInteger(): number {
    const { text } = this;
    let at = this.at;
    const negative = text[at] === MINUS;
    if (negative) at++;
    const first = at;
    let value = 0;
    let byte = text[at] ?? 0;
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      byte = text[++at] ?? 0;
    }
    const digits = at - first;
    if (digits === 0 || digits > EXACT_DIGITS || byte === DOT || byte === LOWER_E || byte === UPPER_E)
      return NaN;
    this.at = at;
    return negative ? -value : value;
  }

  /** Passes over a number of few digits, perhaps with a point, and no exponent; otherwise stays and returns NaN. */
  plainDecimal(): number {
    const { text } = this;
    let at = this.at;
    const negative = text[at] === MINUS;
    if (negative) at++;
    const first = at;
    let point = -1;
    let value = 0;
    for (;;) {
      const byte = text[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) value = value * 10 + (byte - ZERO);
      else if (byte === DOT) point = at;
      else if (byte === LOWER_E || byte === UPPER_E) return NaN;
      else break;
      at++;
    }
    const digits = at - first - (point === -1 ? 0 : 1);
    if (digits === 0 || digits > EXACT_DIGITS) return NaN;
    this.at = at;
    // Both are exact, so that the quotient is the number that is nearest to the text.
    if (point !== -1) value /= powersOfTen[at - point - 1] ?? 1;
    return negative ? -value : value;
  }

  /** Passes over a number or a word, and gives its text. */
  scalarText(): string {
    const start = this.at;
    this.#scalar();
    return this.text.toString('latin1', start, this.at);
  }

  #scalar(): void {
    const { text } = this;
    let at = this.at;
    const end = text.length;
    while (at < end) {
      const byte = text[at] ?? 0;
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) break;
      at++;
    }
    this.at = at;
  }

  /** @returns the first byte behind the string that begins at `start` */
  stringEnd(start: number): number {
    const { text } = this;
    let at = start + 1;
    for (;;) {
      const byte = text[at] ?? QUOTE;
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
  }

  /** Passes over a value. Each byte is passed over but a few times, however values nest. */
  skipValue(): void {
    const start = this.at;
    switch (this.text[start] ?? 0) {
      case QUOTE:
        this.at = this.stringEnd(start);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.at = this.#containerEnd(start);
        break;
      default:
        this.#scalar();
    }
  }

  #containerEnd(start: number): number {
    const { text } = this;
    if (this.#skipped > text.length * 4) {
      this.#ends ??= new ContainerEnds(text);
      return this.#ends.of(start);
    }
    let at = start;
    let depth = 0;
    for (;;) {
      const byte = text[at];
      if (byte === QUOTE) {
        at = this.stringEnd(at);
        continue;
      }
      at++;
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) break;
    }
    this.#skipped += at - start;
    return at;
  }
}

const mostFields = 10_000_000;
const NINE = 0x39;
/** A number holds any integer of so many digits. */
const EXACT_DIGITS = 15;
const powersOfTen = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
