import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  CR,
  DOT,
  isWordCharacter,
  LF,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  QUOTE,
  SPACE,
  TAB,
} from './ascii.ts';

/**
 * Finds where JSON values end that follow one another in a stream, with or without white space between them, however
 * the stream is cut into chunks.
 *
 * It looks at the structure only, enough to notice at once when a value cannot be JSON any more; whether numbers, words
 * and characters are right is for a JsonScanner to say, which reads the values that were found.
 */
export class JsonValueFinder {
  /** The beginning of a value up to where it stopped being JSON; set once `feed` has come upon that. */
  broken: Buffer | undefined;
  #state = TOP;
  #escaped = false;
  #depth = 0;
  /** Kind of each open container, the innermost last: whether it is an object. */
  #inObject: boolean[] = [];
  /** What there is of a value that began in an earlier chunk. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** How much of a byte order mark the stream has begun with. */
  #mark = 0;

  /** Bytes of the value that has no end yet. */
  get unfinishedBytes(): number {
    return this.#partBytes;
  }

  /**
   * Takes the next bytes of the stream, which are kept as long as the values are.
   *
   * @param found gets each value that ends here, without white space around it
   */
  feed(chunk: Buffer, found: (value: Buffer) => void): void {
    const end = chunk.length;
    let start = 0;
    let at = this.#mark < byteOrderMark.length ? this.#passMark(chunk) : 0;
    if (this.broken !== undefined) return;
    let state = this.#state;
    while (at < end) {
      const byte = chunk[at] ?? 0;
      if (state === STRING || state === NAME) {
        at = this.#escaped ? at : plainEnd(chunk, at, end);
        if (at === end) break;
        const next = chunk[at] ?? 0;
        if (next < SPACE) return this.#break(chunk, start, at);
        at++;
        if (this.#escaped) this.#escaped = false;
        else if (next === BACKSLASH) this.#escaped = true;
        else if (state === NAME) state = COLON_DUE;
        else if (this.#depth > 0) state = VALUE_ENDED;
        else {
          found(this.#whole(chunk, start, at));
          state = TOP;
        }
        continue;
      }
      if (state === WORD) {
        if (isScalarByte(byte)) {
          at++;
          continue;
        }
        if (this.#depth > 0) state = VALUE_ENDED;
        else {
          found(this.#whole(chunk, start, at));
          state = TOP;
        }
      }
      if (byte === SPACE || byte === LF || byte === CR || byte === TAB) {
        at++;
        continue;
      }
      switch (state) {
        case VALUE_ENDED: {
          const inObject = this.#inObject[this.#depth - 1];
          if (byte === COMMA) {
            state = inObject === true ? NAME_DUE : VALUE_DUE;
          } else if (byte === (inObject === true ? CLOSE_BRACE : CLOSE_BRACKET)) {
            state = this.#close();
          } else return this.#break(chunk, start, at);
          break;
        }
        case COLON_DUE:
          if (byte !== COLON) return this.#break(chunk, start, at);
          state = VALUE_DUE;
          break;
        case FIRST_NAME_DUE:
        case NAME_DUE:
          if (byte === QUOTE) state = NAME;
          else if (byte === CLOSE_BRACE && state === FIRST_NAME_DUE) state = this.#close();
          else return this.#break(chunk, start, at);
          break;
        default:
          if (state === TOP) start = at;
          if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
            if (this.#depth === mostDepth) return this.#break(chunk, start, at);
            this.#inObject[this.#depth++] = byte === OPEN_BRACE;
            state = byte === OPEN_BRACE ? FIRST_NAME_DUE : FIRST_ELEMENT_DUE;
          } else if (byte === QUOTE) state = STRING;
          else if (byte === CLOSE_BRACKET && state === FIRST_ELEMENT_DUE) state = this.#close();
          else if (isScalarByte(byte)) state = WORD;
          else return this.#break(chunk, start, at);
      }
      at++;
      if (state === ENDED) {
        found(this.#whole(chunk, start, at));
        state = TOP;
      }
    }
    this.#state = state;
    if (state !== TOP) this.#keep(chunk.subarray(start));
  }

  /** The stream has ended. @returns a value that only its end could tell, or the beginning of one */
  end(): Buffer | undefined {
    return this.#partBytes === 0 ? undefined : this.#whole(empty, 0, 0);
  }

  /** @returns what follows once the innermost container is closed */
  #close(): number {
    return --this.#depth === 0 ? ENDED : VALUE_ENDED;
  }

  #keep(part: Buffer): void {
    // A few bytes must not keep a whole chunk from being forgotten.
    this.#parts.push(part.length < worthSharing ? Buffer.from(part) : part);
    this.#partBytes += part.length;
  }

  #whole(chunk: Buffer, start: number, end: number): Buffer {
    const last = chunk.subarray(start, end);
    if (this.#partBytes === 0) return last;
    this.#keep(last);
    const value = Buffer.concat(this.#parts, this.#partBytes);
    this.#parts = [];
    this.#partBytes = 0;
    return value;
  }

  #break(chunk: Buffer, start: number, at: number): void {
    let end = at + 1;
    // All of the character, for whoever names it.
    while (end < chunk.length && ((chunk[end] ?? 0) & 0xc0) === 0x80) end++;
    this.broken = this.#whole(chunk, start, end);
  }

  #passMark(chunk: Buffer): number {
    let at = 0;
    while (
      at < chunk.length &&
      this.#mark < byteOrderMark.length &&
      chunk[at] === byteOrderMark[this.#mark]
    ) {
      this.#mark++;
      at++;
    }
    if (at < chunk.length && this.#mark < byteOrderMark.length) {
      if (this.#mark > 0) this.broken = Buffer.from(byteOrderMark.slice(0, this.#mark));
      this.#mark = byteOrderMark.length;
    }
    return at;
  }
}

/** @returns the first byte from `start` on that ends a run of a string's plain characters */
function plainEnd(chunk: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = chunk[at] ?? 0;
    if (byte === QUOTE || byte === BACKSLASH || byte < SPACE) break;
    at++;
  }
  return at;
}

/** What numbers, `true`, `false` and `null` are made of. */
function isScalarByte(byte: number): boolean {
  return isWordCharacter(byte) || byte === MINUS || byte === DOT || byte === PLUS;
}

const TOP = 0;
const VALUE_DUE = 1;
const FIRST_ELEMENT_DUE = 2;
const FIRST_NAME_DUE = 3;
const NAME_DUE = 4;
const COLON_DUE = 5;
const VALUE_ENDED = 6;
const STRING = 7;
const NAME = 8;
const WORD = 9;
const ENDED = 10;

const worthSharing = 4096;
/** More than any reader takes. */
const mostDepth = 1100;
const byteOrderMark = [0xef, 0xbb, 0xbf];
const empty = Buffer.alloc(0);
