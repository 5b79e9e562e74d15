import type { JsonValue } from '../json-value.ts';
import { Decimal } from './decimal.ts';

/** The text of numbers that JSON.parse does not tell exactly, by the container they are in and their place in it. */
export class NumberSpellings {
  readonly #byContainer = new Map<unknown, Map<string, string>>();

  /** @param container undefined for a number that is the whole value */
  set(container: unknown, place: string, text: string): void {
    let texts = this.#byContainer.get(container);
    if (texts === undefined) {
      texts = new Map();
      this.#byContainer.set(container, texts);
    }
    texts.set(place, text);
  }

  /** undefined where the double tells all. */
  at(container: unknown, place: string | number | undefined): string | undefined {
    return this.#byContainer.get(container)?.get(String(place ?? ''));
  }
}

export interface SpelledJson {
  readonly value: JsonValue;
  readonly spellings: NumberSpellings;
}

/**
 * Parses JSON, and keeps how numbers are spelled.
 *
 * @param text checked already
 * @param isToBeKept whether the double does not tell enough of a number
 * @param spellings where they are kept
 */
export function parseSpelled(
  text: string,
  isToBeKept: (number: number, text: string) => boolean,
  spellings = new NumberSpellings(),
): SpelledJson {
  function keep(this: unknown, key: string, value: unknown, context?: { readonly source?: string }): unknown {
    const source = context?.source;
    if (typeof value === 'number' && source !== undefined && isToBeKept(value, source)) {
      spellings.set(this, key, source);
    }
    return value;
  }
  const value = JSON.parse(text, keep) as JsonValue;
  if (typeof value === 'number' && isToBeKept(value, text)) spellings.set(undefined, '', text);
  return { value, spellings };
}

/** Whether a number is more, or says more, than the double that JSON.parse makes of it: 1.0, 1e2, 2^53 + 1. */
export function isUnusual(number: number, text: string): boolean {
  if (String(number) === text || text === '-0') return false;
  return Number.isInteger(number) || !Number.isFinite(number) || !isExact(number, text);
}

function isExact(number: number, text: string): boolean {
  return text.length <= EXACT_DIGITS || Decimal.of(String(number)).compare(Decimal.of(text)) === 0;
}

/** So many digits come back from a double as they went in. */
const EXACT_DIGITS = 15;
