import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isDigit,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from './ascii.ts';
import { compactJson } from './compact-json.ts';
import { stringOf } from './json-string.ts';
import { JsonTokens } from './json-tokens.ts';

/** What JSON values a scanner tells apart. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'object' | 'array';

/** As in Jackson. Deeper values are refused, so that no reader of them can run out of stack. */
export const maxNestingDepth = 1000;

/**
 * Walks JSON text (RFC 8259, UTF-8) by hand: gives the exact bytes of each value and checks them strictly, without
 * building anything. Members come in their order, doubles included.
 *
 * Containers that the caller is interested in are walked with `begin` and `nextMember` or `nextElement`;
 * what is inside a value is passed over by `value`. The scanner reads a whole text; whoever has a stream finds the ends
 * of its values first.
 *
 * Every method throws JsonSyntaxError (json-syntax-error.ts) at the first thing that is not JSON.
 */
export class JsonScanner {
  /** Start of the value scanned last. */
  valueStart = 0;
  /** First byte after it. */
  valueEnd = 0;
  #position: number;
  readonly #tokens: JsonTokens;
  readonly #end: number;
  #nameStart = 0;
  #nameEnd = 0;
  #nameLoose = false;
  #atFirst = false;

  /** @throws {JsonSyntaxError} when the text is not UTF-8. A byte order mark is passed over. */
  constructor(private readonly text: Buffer) {
    this.#tokens = new JsonTokens(text);
    this.#end = text.length;
    this.#position = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  }

  /** How far the reading is, in bytes. */
  get position(): number {
    return this.#position;
  }

  /** Whether nothing but white space is left. */
  atEnd(): boolean {
    return this.#tokens.space(this.#position) === this.#end;
  }

  /** @throws {JsonSyntaxError} when anything but white space is left */
  finish(): void {
    const at = this.#tokens.space(this.#position);
    if (at < this.#end) throw this.#tokens.problems().trailing(at);
  }

  /** The kind of the value that comes next, by its first character. */
  peek(): JsonKind {
    const at = (this.#position = this.#tokens.space(this.#position));
    switch (at < this.#end ? (this.text[at] ?? 0) : END) {
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
      case MINUS:
        return 'number';
      default:
        if (at < this.#end && isDigit(this.text[at] ?? 0)) return 'number';
        throw this.#tokens.problems().noValue(at);
    }
  }

  /** Steps into the object or array that `peek` has announced. */
  begin(): void {
    this.#position++;
    this.#atFirst = true;
  }

  /** Goes to the value of the next member, whose name is then `name()`; false after the last one, behind the object. */
  nextMember(): boolean {
    let at = this.#tokens.space(this.#position);
    let byte = at < this.#end ? this.text[at] : END;
    if (byte === CLOSE_BRACE) {
      this.#atFirst = false;
      this.#position = at + 1;
      return false;
    }
    if (!this.#atFirst) {
      if (byte !== COMMA) throw this.#tokens.problems().noComma(at, 'Object');
      at = this.#tokens.space(at + 1);
      byte = at < this.#end ? this.text[at] : END;
    }
    this.#atFirst = false;
    if (byte !== QUOTE) throw this.#tokens.problems().noName(at);
    this.#tokens.loose = false;
    this.#nameStart = at;
    at = this.#nameEnd = this.#tokens.string(at);
    this.#nameLoose = this.#tokens.loose;
    at = this.#tokens.space(at);
    if (at >= this.#end || this.text[at] !== COLON) throw this.#tokens.problems().noColon(at);
    this.#position = at + 1;
    return true;
  }

  /** Goes to the next element; false after the last one, behind the array. */
  nextElement(): boolean {
    let at = this.#tokens.space(this.#position);
    const byte = at < this.#end ? this.text[at] : END;
    if (byte === CLOSE_BRACKET) {
      this.#atFirst = false;
      this.#position = at + 1;
      return false;
    }
    if (!this.#atFirst) {
      if (byte !== COMMA) throw this.#tokens.problems().noComma(at, 'Array');
      at++;
    }
    this.#atFirst = false;
    this.#position = at;
    return true;
  }

  /** Whether the member that `nextMember` went to has this name, which is ASCII. */
  nameIs(name: string): boolean {
    if (this.#nameLoose) return this.name() === name;
    const start = this.#nameStart + 1;
    if (this.#nameEnd - start - 1 !== name.length) return false;
    for (let i = 0; i < name.length; i++) {
      if (this.text[start + i] !== name.charCodeAt(i)) return false;
    }
    return true;
  }

  /** The name of the member that `nextMember` went to. */
  name(): string {
    return stringOf(this.text.subarray(this.#nameStart, this.#nameEnd));
  }

  /** Passes over the next value, whatever it is. */
  value(): void {
    this.#tokens.loose = false;
    const start = (this.valueStart = this.#tokens.space(this.#position));
    this.valueEnd = this.#position = this.#value(start);
  }

  /** Passes over the next value: its text with no white space in it, strings in their normal form (see compactJson). */
  compactValue(): Buffer {
    this.value();
    return this.#tokens.loose
      ? compactJson(this.text, this.valueStart, this.valueEnd)
      : this.text.subarray(this.valueStart, this.valueEnd);
  }

  /** As `compactValue`, and null for JSON's null. */
  nullableValue(): Buffer | null {
    const value = this.compactValue();
    return value[0] === LOWER_N ? null : value;
  }

  /** @returns the first byte after the value that starts at `start` */
  #value(start: number): number {
    const text = this.text;
    const end = this.#end;
    let at = start;
    let depth = 0;
    for (;;) {
      // A value is due.
      let byte = at < end ? (text[at] ?? 0) : END;
      if (byte <= SPACE && byte !== END) {
        at = this.#innerSpace(at);
        byte = at < end ? (text[at] ?? 0) : END;
      }
      if (byte === QUOTE) {
        at = this.#tokens.string(at);
      } else if (byte === OPEN_BRACE) {
        if (depth === maxNestingDepth) throw this.#tokens.problems().tooDeep(at);
        openedAt[depth++] = ~at;
        at = this.#innerSpace(at + 1);
        if (at < end && text[at] === CLOSE_BRACE) {
          depth--;
          at++;
        } else {
          at = this.#name(at);
          continue;
        }
      } else if (byte === OPEN_BRACKET) {
        if (depth === maxNestingDepth) throw this.#tokens.problems().tooDeep(at);
        openedAt[depth++] = at;
        at = this.#innerSpace(at + 1);
        if (at < end && text[at] === CLOSE_BRACKET) {
          depth--;
          at++;
        } else {
          continue;
        }
      } else if (byte === MINUS || isDigit(byte)) {
        at = this.#tokens.number(at);
      } else if (byte === LOWER_T) {
        at = this.#tokens.word(at, 'true');
      } else if (byte === LOWER_F) {
        at = this.#tokens.word(at, 'false');
      } else if (byte === LOWER_N) {
        at = this.#tokens.word(at, 'null');
      } else {
        throw this.#tokens.problems().noValue(at, depth === 0 ? undefined : openedAt[depth - 1]);
      }
      // A value has ended, and perhaps the containers around it.
      for (;;) {
        if (depth === 0) return at;
        byte = at < end ? (text[at] ?? 0) : END;
        if (byte <= SPACE && byte !== END) {
          at = this.#innerSpace(at);
          byte = at < end ? (text[at] ?? 0) : END;
        }
        const opened = openedAt[depth - 1] ?? 0;
        if (byte === COMMA) {
          at++;
          if (opened < 0) at = this.#name(this.#innerSpace(at));
          break;
        }
        if (byte !== (opened < 0 ? CLOSE_BRACE : CLOSE_BRACKET)) {
          throw this.#tokens.problems().noComma(at, opened < 0 ? 'Object' : 'Array', opened);
        }
        depth--;
        at++;
      }
    }
  }

  /** Passes over a member's name and the colon after it. */
  #name(start: number): number {
    if (start >= this.#end || this.text[start] !== QUOTE) throw this.#tokens.problems().noName(start);
    const at = this.#innerSpace(this.#tokens.string(start));
    if (at >= this.#end || this.text[at] !== COLON) throw this.#tokens.problems().noColon(at);
    return at + 1;
  }

  /** White space inside a value, which will have to be dropped. */
  #innerSpace(start: number): number {
    const at = this.#tokens.space(start);
    if (at !== start) this.#tokens.loose = true;
    return at;
  }
}

const END = -1;
/**
 * Where the containers around a value begin; an object's offset is inverted. Shared: a value is passed over in one go.
 */
const openedAt = new Int32Array(maxNestingDepth);
