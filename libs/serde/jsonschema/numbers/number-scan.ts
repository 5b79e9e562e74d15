import {
  BACKSLASH,
  COLON,
  DOT,
  isDigit,
  LOWER_E,
  MINUS,
  PLUS,
  QUOTE,
  UPPER_E,
  ZERO,
} from '../../json-text/ascii.ts';

/** As in Jackson. */
export const mostNumberCharacters = 1000;

/** A number of a text, and how many come before it. */
export interface FoundNumber {
  readonly ordinal: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Looks at the numbers of a compact JSON text for those that JSON.parse may not tell exactly, or whose being integers is
 * a matter of their spelling. May take a number for unusual that is not, never the other way round.
 */
export class NumberScan {
  /** Whether a number has more characters than anybody may ask for. */
  tooLong = false;
  /** How many members and numbers there are. */
  members = 0;
  numbers = 0;
  /** In their order. */
  unusual: FoundNumber[] = [];

  of(json: Buffer): void {
    this.tooLong = false;
    this.members = 0;
    this.numbers = 0;
    if (this.unusual.length > 0) this.unusual = [];
    const end = json.length;
    let at = 0;
    while (at < end) {
      const byte = json[at] ?? 0;
      if (byte === QUOTE) {
        at = afterString(json, at + 1);
      } else if (isDigit(byte) || byte === MINUS) {
        at = this.#number(json, at);
      } else {
        if (byte === COLON) this.members++;
        at++;
      }
    }
  }

  /** @returns where it ends */
  #number(json: Buffer, start: number): number {
    let isInFraction = false;
    let hasFraction = false;
    let hasExponent = false;
    let at = start + 1;
    for (; at < json.length; at++) {
      const byte = json[at] ?? 0;
      if (isDigit(byte)) hasFraction ||= isInFraction && byte !== ZERO;
      else if (byte === DOT) isInFraction = true;
      else if (byte === LOWER_E || byte === UPPER_E) hasExponent = true;
      else if (byte !== MINUS && byte !== PLUS) break;
    }
    const length = at - start;
    if (length > mostNumberCharacters) this.tooLong = true;
    if (length > EXACT_CHARACTERS || hasExponent || (isInFraction && !hasFraction)) {
      this.unusual.push({ ordinal: this.numbers, start, end: at });
    }
    this.numbers++;
    return at;
  }
}

function afterString(json: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const byte = json[at++] ?? QUOTE;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
}

/** Up to here a double gives back the digits that were put in. */
const EXACT_CHARACTERS = 15;
