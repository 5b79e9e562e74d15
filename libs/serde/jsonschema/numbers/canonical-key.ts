import type { JsonValue } from '../json-value.ts';
import { Decimal } from './decimal.ts';
import type { NumberSpellings } from './number-spellings.ts';

/** Counts what a comparison costs. */
export interface Spending {
  spend(steps: number): void;
}

/**
 * The same for JSON values that are equal, whatever the order of their members and the spelling of their numbers, and
 * another for all others.
 */
export function canonicalKey(
  value: JsonValue,
  container: unknown,
  place: string | number | undefined,
  spellings: NumberSpellings | undefined,
  spending: Spending,
): string {
  spending.spend(1);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Decimal.of(spellings?.at(container, place) ?? String(value)).key;
  if (typeof value === 'string') {
    spending.spend(value.length / CHARACTERS_A_STEP);
    return JSON.stringify(value);
  }
  const keys: string[] = [];
  if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) {
      keys.push(canonicalKey(element, value, i, spellings, spending));
    }
    return `[${keys.join()}]`;
  }
  for (const name of Object.keys(value).toSorted()) {
    spending.spend(1 + name.length / CHARACTERS_A_STEP);
    keys.push(
      `${JSON.stringify(name)}:${canonicalKey(value[name] ?? null, value, name, spellings, spending)}`,
    );
  }
  return `{${keys.join()}}`;
}

const CHARACTERS_A_STEP = 8;
