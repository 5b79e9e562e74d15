import { BACKSLASH, DOT, isDigit, LOWER_E, MINUS, QUOTE, UPPER_E, ZERO } from '../../json-text/ascii.ts';

/** `plain`: doubles tell all about the numbers. `tooLong`: one has more digits than anybody may ask for. */
export type NumbersFound = 'plain' | 'unusual' | 'tooLong';

/** As in Jackson. */
export const mostNumberCharacters = 1000;

/**
 * Looks at the numbers of a compact JSON text for those that JSON.parse would not tell exactly, or whose being integers
 * is a matter of their spelling. May take a number for unusual that is not, never the other way round.
 */
export function scanNumbers(json: Buffer): NumbersFound {
  const end = json.length;
  let found: NumbersFound = 'plain';
  let at = 0;
  while (at < end) {
    const byte = json[at++] ?? 0;
    if (byte === QUOTE) {
      at = afterString(json, at);
      continue;
    }
    if (!isDigit(byte) && byte !== MINUS) continue;
    const start = at - 1;
    let seen = byte;
    let fraction = -1;
    let nonZero = false;
    let exponent = false;
    while (at < end) {
      seen = json[at] ?? 0;
      if (seen === DOT) fraction = at;
      else if (seen === LOWER_E || seen === UPPER_E) exponent = true;
      else if (isDigit(seen)) nonZero ||= fraction >= 0 && seen !== ZERO;
      else if (!exponent) break;
      else if (seen !== MINUS && seen !== PLUS) break;
      at++;
    }
    const length = at - start;
    if (length > mostNumberCharacters) return 'tooLong';
    if (length > EXACT_CHARACTERS || exponent || (fraction >= 0 && !nonZero)) found = 'unusual';
  }
  return found;
}

function afterString(json: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const byte = json[at++] ?? QUOTE;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
}

const PLUS = 0x2b;
/** Up to here a double gives back the digits that were put in. */
const EXACT_CHARACTERS = 15;
