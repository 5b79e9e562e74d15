import { isWordCharacter } from './ascii.ts';
import { JsonSyntaxError, placeText } from './json-syntax-error.ts';

/** What can be wrong with a JSON text, in Jackson's words where those make sense without Jackson. */
export class JsonSyntaxProblems {
  constructor(private readonly text: Buffer) {}

  invalidUtf8(): JsonSyntaxError {
    const offset = firstInvalidByte(this.text);
    const byte = (this.text[offset] ?? 0).toString(16).padStart(2, '0');
    return this.#at(offset, `Invalid UTF-8: unexpected byte 0x${byte}`);
  }

  trailing(at: number): JsonSyntaxError {
    return this.#at(at, `Unexpected character ${this.#character(at)}: expected nothing after the value`);
  }

  /** `opened`: offset of the container around it, inverted for an object. */
  noValue(at: number, opened?: number): JsonSyntaxError {
    if (at >= this.text.length) {
      return opened === undefined
        ? this.#at(at, 'Unexpected end-of-input: expected a value')
        : this.endOfInput(opened < 0 ? 'in an Object' : 'in an Array', opened < 0 ? ~opened : opened);
    }
    return isWordCharacter(this.text[at] ?? 0)
      ? this.unknownToken(at)
      : this.#at(at, `Unexpected character ${this.#character(at)}: expected a valid value ${VALUES}`);
  }

  unknownToken(at: number): JsonSyntaxError {
    let end = at;
    while (end < this.text.length && end - at < TOKEN_LIMIT && isWordCharacter(this.text[end] ?? 0)) end++;
    return this.#at(
      at,
      `Unrecognized token '${this.text.toString('latin1', at, end)}': was expecting ${VALUES}`,
    );
  }

  noComma(at: number, container: 'Object' | 'Array', opened?: number): JsonSyntaxError {
    if (at >= this.text.length) {
      const name = container === 'Object' ? 'in an Object' : 'in an Array';
      return this.endOfInput(name, opened === undefined ? undefined : opened < 0 ? ~opened : opened);
    }
    return this.#at(
      at,
      `Unexpected character ${this.#character(at)}: was expecting comma to separate ${container} entries`,
    );
  }

  noName(at: number): JsonSyntaxError {
    if (at >= this.text.length) return this.endOfInput('in an Object');
    return this.#at(
      at,
      `Unexpected character ${this.#character(at)}: was expecting double-quote to start field name`,
    );
  }

  noColon(at: number): JsonSyntaxError {
    if (at >= this.text.length) return this.endOfInput('in an Object');
    return this.#at(
      at,
      `Unexpected character ${this.#character(at)}: was expecting a colon to separate field name and value`,
    );
  }

  controlCharacter(at: number): JsonSyntaxError {
    return this.#at(
      at,
      `Illegal unquoted character (CTRL-CHAR, code ${this.text[at]}): has to be escaped using backslash to be included in string value`,
    );
  }

  unknownEscape(at: number): JsonSyntaxError {
    return this.#at(at, `Unrecognized character escape ${this.#character(at)}`);
  }

  noHexDigit(at: number): JsonSyntaxError {
    return this.#at(
      at,
      `Unexpected character ${this.#character(at)}: expected a hex-digit for character escape sequence`,
    );
  }

  leadingZero(at: number): JsonSyntaxError {
    return this.#at(at, 'Invalid numeric value: Leading zeroes not allowed');
  }

  noDigit(at: number, after: 'minus' | 'dot' | 'exponent'): JsonSyntaxError {
    if (at >= this.text.length) return this.endOfInput('in a Number');
    return this.#at(
      at,
      `Unexpected character ${this.#character(at)} in numeric value: ${EXPECTED_DIGIT[after]}`,
    );
  }

  tooDeep(at: number): JsonSyntaxError {
    return this.#at(at, 'Document nesting depth exceeds the maximum allowed (1000)');
  }

  /** `start`: where that which has no end began. */
  endOfInput(where: string, start?: number): JsonSyntaxError {
    const place = start === undefined ? '' : `, started at ${placeText(this.text, start)}`;
    return this.#at(this.text.length, `Unexpected end-of-input ${where}${place}`);
  }

  #at(offset: number, problem: string): JsonSyntaxError {
    return new JsonSyntaxError(problem, this.text, offset);
  }

  /** As Jackson shows a character: `'x' (code 120)`. */
  #character(at: number): string {
    const code = this.text.toString('utf8', at, at + 4).codePointAt(0) ?? 0;
    return code < 0x20 ? `(CTRL-CHAR, code ${code})` : `('${String.fromCodePoint(code)}' (code ${code}))`;
  }
}

/** Offset of the first byte that does not begin a character of UTF-8 (RFC 3629). */
function firstInvalidByte(text: Buffer): number {
  let at = 0;
  while (at < text.length) {
    const length = characterLength(text, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

/** 1 to 4 bytes; 0 for what is no character. */
function characterLength(text: Buffer, at: number): number {
  const lead = text[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // Neither longer than needed, nor half a surrogate pair, nor beyond U+10FFFF.
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = text[at + 1] ?? 0;
  if (second < least || second > most) return 0;
  for (let i = at + 2; i < at + length; i++) {
    if (((text[i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const EXPECTED_DIGIT = {
  minus: 'expected digit (0-9) to follow minus sign, for valid numeric value',
  dot: 'Decimal point not followed by a digit',
  exponent: 'Exponent indicator not followed by a digit',
};
/** Longer words are cut in messages. */
const TOKEN_LIMIT = 64;
