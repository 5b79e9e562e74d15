import type { JsonValue } from './json-value.ts';

/** Takes from all objects what they have by nature, in place, so that only their own members are found. */
export function withoutPrototypes(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const child of Object.values(value)) withoutPrototypes(child);
  return value;
}
