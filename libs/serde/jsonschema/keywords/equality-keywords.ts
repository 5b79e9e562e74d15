import { _, type FuncKeywordDefinition } from 'ajv';
import type { JsonArray, JsonValue } from '../json-value.ts';
import { canonicalKey } from '../numbers/canonical-key.ts';
import type { NumberContext } from './number-keywords.ts';

/** Where in its container a value is. */
interface Place {
  readonly parentData?: unknown;
  readonly parentDataProperty?: string | number;
}

/** `enum`, exact for all numbers, and as fast for many values as for one. */
export function enumKeyword(context: NumberContext): FuncKeywordDefinition {
  return {
    keyword: 'enum',
    schemaType: 'array',
    error: { message: 'must be equal to one of the allowed values' },
    compile: (values: JsonArray) => membership(values, context),
  };
}

export function constKeyword(context: NumberContext): FuncKeywordDefinition {
  return {
    keyword: 'const',
    error: { message: 'must be equal to constant' },
    compile: (value: JsonValue, parentSchema) => membership([value], context, parentSchema, 'const'),
  };
}

function membership(
  values: JsonArray,
  { run, spellings }: NumberContext,
  container: unknown = values,
  only?: string,
): (value: JsonValue, place?: Place) => boolean {
  const strings = new Set(values.filter((value) => typeof value === 'string'));
  const keys = new Set(
    values.map((value, i) => canonicalKey(value, container, only ?? i, spellings, { spend() {} })),
  );
  return (value, place) => {
    if (typeof value === 'string') return strings.has(value);
    return keys.has(canonicalKey(value, place?.parentData, place?.parentDataProperty, run.spellings, run));
  };
}

/** In time that grows with the array, not with its square. */
export function uniqueItemsKeyword({ run }: NumberContext): FuncKeywordDefinition {
  return {
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items', params: _`{}` },
    compile: (wanted: boolean) => (items: JsonArray) => {
      if (!wanted || items.length < 2) return true;
      const seen = new Set<string>();
      return items.every((item, i) => {
        const key = canonicalKey(item, items, i, run.spellings, run);
        return seen.size !== seen.add(key).size;
      });
    },
  };
}
