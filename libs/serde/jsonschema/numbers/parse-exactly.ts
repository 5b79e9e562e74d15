import type { JsonValue } from '../json-value.ts';
import { NumberScan, type FoundNumber } from './number-scan.ts';
import { isUnusual, NumberSpellings, parseSpelled } from './number-spellings.ts';

export interface ExactJson {
  readonly value: JsonValue;
  /** undefined when doubles tell all about the numbers. */
  readonly spellings: NumberSpellings | undefined;
}

/**
 * Parses compact JSON, and keeps the spelling of what doubles do not tell.
 *
 * @returns undefined when a number has more characters than there may be
 */
export function parseExactly(json: Buffer): ExactJson | undefined {
  scan.of(json);
  if (scan.tooLong) return undefined;
  const text = json.toString();
  if (scan.unusual.length === 0) return { value: JSON.parse(text) as JsonValue, spellings: undefined };
  const value = JSON.parse(text) as JsonValue;
  const search = new SpellingSearch(json, scan.unusual);
  const isComplete = search.in(value) && search.members === scan.members && search.numbers === scan.numbers;
  return isComplete ? { value, spellings: search.spellings } : parseSpelled(text, isUnusual);
}

/**
 * Finds the containers of numbers by their order. That is the one of the text unless members have the same name or names
 * like those of elements.
 */
class SpellingSearch {
  readonly spellings = new NumberSpellings();
  members = 0;
  numbers = 0;
  #found = 0;

  constructor(
    private readonly json: Buffer,
    private readonly unusual: readonly FoundNumber[],
  ) {}

  /** @returns whether the order can be relied on */
  in(value: JsonValue): boolean {
    if (typeof value === 'number') this.#number(value, undefined, '');
    return typeof value !== 'object' || value === null || this.#inside(value);
  }

  #inside(container: Exclude<JsonValue, null | boolean | number | string>): boolean {
    if (Array.isArray(container)) {
      for (let i = 0; i < container.length; i++) {
        if (!this.#child(container[i], container, i)) return false;
      }
      return true;
    }
    for (const name in container) {
      if (name.charCodeAt(0) <= NINE) return false;
      this.members++;
      if (!this.#child(container[name], container, name)) return false;
    }
    return true;
  }

  #child(value: JsonValue | undefined, container: object, place: string | number): boolean {
    if (typeof value === 'number') this.#number(value, container, place);
    return typeof value !== 'object' || value === null || this.#inside(value);
  }

  #number(number: number, container: object | undefined, place: string | number): void {
    const next = this.unusual[this.#found];
    if (next !== undefined && next.ordinal === this.numbers) {
      this.#found++;
      const text = this.json.toString('latin1', next.start, next.end);
      if (isUnusual(number, text)) this.spellings.set(container, String(place), text);
    }
    this.numbers++;
  }
}

/** One for all: a scan is over before the next one begins. */
const scan = new NumberScan();
/** Code of the character 9. */
const NINE = 0x39;
