import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  BACKSLASH,
} from '../../json-text/ascii.ts';

/** Where each object and array of a well-formed text ends; found in one pass. */
export class ContainerEnds {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(text: Buffer) {
    const open: number[] = [];
    let inString = false;
    for (let at = 0; at < text.length; at++) {
      const byte = text[at];
      if (inString) {
        if (byte === BACKSLASH) at++;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        open.push(this.#starts.length);
        this.#starts.push(at);
        this.#ends.push(at);
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#ends[open.pop() ?? 0] = at + 1;
      }
    }
  }

  /** @returns the first byte behind the container that begins at `start` */
  of(start: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return this.#ends[low] ?? start;
  }
}
