import { compactJson } from '../../json-text/compact-json.ts';
import type { JsonValue } from '../json-value.ts';
import type { NumberSpellings } from './number-spellings.ts';

/** A part of a parsed JSON text as text again, numbers in their spelling. */
export function exactJson(
  value: JsonValue,
  container: unknown,
  place: string,
  spellings: NumberSpellings,
): Buffer {
  const text = Buffer.from(textOf(value, container, place, spellings));
  return compactJson(text, 0, text.length);
}

function textOf(value: JsonValue, container: unknown, place: string, spellings: NumberSpellings): string {
  if (typeof value === 'number') return spellings.at(container, place) ?? JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((element, i) => textOf(element, value, String(i), spellings)).join(',')}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${textOf(member, value, name, spellings)}`,
  );
  return `{${members.join(',')}}`;
}
