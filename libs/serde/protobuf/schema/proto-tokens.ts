import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { excerptOfString } from '../../json-text/excerpt.ts';

export type TokenKind = 'name' | 'number' | 'string' | 'symbol' | 'end';

/** Goes through the tokens of a .proto file, one ahead. Every method throws SchemaParseError where something else comes. */
export class ProtoTokens {
  /** Of the token that comes next. */
  kind: TokenKind = 'end';
  /** Its text; of a string, with its quotes. */
  text = '';
  #start = 0;
  #at = 0;

  constructor(private readonly source: string) {
    // Files of some editors begin with a byte order mark.
    if (source.startsWith('\uFEFF')) this.#at = 1;
    this.advance();
  }

  advance(): void {
    const { source } = this;
    const start = (this.#start = this.#pastSpace());
    const first = source.charAt(start);
    if (first === '') {
      this.kind = 'end';
      this.text = 'the end of the schema';
      return;
    }
    if (first === '"' || first === "'") this.kind = 'string';
    else if (isNameStart(first)) this.kind = 'name';
    else if (isDigit(first) || (first === '.' && isDigit(source.charAt(start + 1)))) this.kind = 'number';
    else this.kind = 'symbol';
    this.#at = this.#endOfToken(start, first);
    this.text = source.slice(start, this.#at);
  }

  #endOfToken(start: number, first: string): number {
    if (this.kind === 'symbol') return start + 1;
    if (this.kind === 'string') return this.#endOfString(start, first);
    const pattern = this.kind === 'name' ? namePattern : numberPattern;
    pattern.lastIndex = start;
    pattern.test(this.source);
    return pattern.lastIndex;
  }

  #endOfString(start: number, quote: string): number {
    const { source } = this;
    for (let at = start + 1; at < source.length; at++) {
      const character = source[at];
      if (character === quote) return at + 1;
      if (character === '\n') break;
      if (character === '\\') at++;
    }
    throw this.problem('A string does not end');
  }

  #pastSpace(): number {
    const { source } = this;
    let at = this.#at;
    for (;;) {
      const code = source.charCodeAt(at);
      if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) {
        at++;
      } else if (code === SLASH && source.charCodeAt(at + 1) === SLASH) {
        const end = source.indexOf('\n', at);
        if (end === -1) return source.length;
        at = end + 1;
      } else if (code === SLASH && source.charCodeAt(at + 1) === STAR) {
        const end = source.indexOf('*/', at + 2);
        this.#start = at;
        if (end === -1) throw this.problem('A comment does not end');
        at = end + 2;
      } else {
        return at;
      }
    }
  }

  /** Whether this symbol or name comes next. */
  is(text: string): boolean {
    return this.text === text && (this.kind === 'symbol' || this.kind === 'name');
  }

  /** Passes over this symbol or name if it comes next. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`"${text}"`);
  }

  name(what: string): string {
    if (this.kind !== 'name') throw this.unexpected(what);
    const { text } = this;
    if (text.length > mostNameCharacters) throw this.problem('A name is too long');
    this.advance();
    return text;
  }

  /** `a.b.C`, perhaps with a point before it. */
  qualifiedName(what: string): string {
    let name = this.take('.') ? '.' : '';
    name += this.name(what);
    for (let parts = 1; this.take('.'); parts++) {
      if (parts === mostNameParts) throw this.problem('A name has too many parts');
      name += `.${this.name(what)}`;
    }
    if (name.length > mostNameCharacters) throw this.problem('A name is too long');
    return name;
  }

  integer(what: string): number {
    const negative = this.take('-');
    if (this.kind !== 'number' || !integerPattern.test(this.text)) throw this.unexpected(what);
    const { text } = this;
    const value = Number(/^0\d/.test(text) ? `0o${text.slice(1)}` : text);
    this.advance();
    return negative ? -value : value;
  }

  /** One or more strings, which are one. */
  string(what: string): Buffer {
    if (this.kind !== 'string') throw this.unexpected(what);
    const parts: Buffer[] = [];
    while (this.kind === 'string') {
      parts.push(unescapedBytes(this.text.slice(1, -1)));
      this.advance();
    }
    return Buffer.concat(parts);
  }

  /** Passes over everything up to the bracket that closes the one which comes next. */
  skipBrackets(): void {
    let depth = 0;
    do {
      if (this.kind === 'end') throw this.unexpected('a closing bracket');
      if (this.kind === 'symbol') {
        if (this.text === '{' || this.text === '[' || this.text === '(') depth++;
        else if (this.text === '}' || this.text === ']' || this.text === ')') depth--;
      }
      this.advance();
    } while (depth > 0);
  }

  unexpected(wanted: string): SchemaParseError {
    const got = this.kind === 'end' ? this.text : excerptOfString(this.text);
    return this.problem(`Expected ${wanted}, got ${got}`);
  }

  /** Says where the token that comes next is. */
  problem(message: string): SchemaParseError {
    const before = this.source.slice(0, this.#start);
    const line = before.split('\n').length;
    return new SchemaParseError(
      `${message} (line ${line}, column ${before.length - before.lastIndexOf('\n')})`,
    );
  }
}

/** What a string stands for. @param inside without its quotes */
export function unescapedBytes(inside: string): Buffer {
  if (!inside.includes('\\')) return Buffer.from(inside);
  const parts: Buffer[] = [];
  let last = 0;
  for (const match of inside.matchAll(escapePattern)) {
    parts.push(Buffer.from(inside.slice(last, match.index)), escaped(match[1] ?? ''));
    last = match.index + match[0].length;
  }
  parts.push(Buffer.from(inside.slice(last)));
  return Buffer.concat(parts);
}

function escaped(code: string): Buffer {
  if (/^[0-7]/.test(code)) return Buffer.from([parseInt(code, 8) & 0xff]);
  if (/^[xX]/.test(code)) return Buffer.from([parseInt(code.slice(1), 16)]);
  if (/^[uU]/.test(code)) {
    const point = parseInt(code.slice(1), 16);
    return Buffer.from(point > 0x10_ffff ? '\uFFFD' : String.fromCodePoint(point));
  }
  return Buffer.from(shortEscapes.get(code) ?? code);
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function isNameStart(character: string): boolean {
  return (
    (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character === '_'
  );
}

const SLASH = 0x2f;
const STAR = 0x2a;
const namePattern = /\w+/y;
const numberPattern = /0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fF]?/y;
const integerPattern = /^(?:0[xX][0-9a-fA-F]+|\d+)$/;
const escapePattern = /\\([0-7]{1,3}|[xX][0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs;
const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);
const mostNameCharacters = 512;
const mostNameParts = 64;
