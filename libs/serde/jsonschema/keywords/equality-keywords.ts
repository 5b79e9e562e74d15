import { _, type CodeKeywordDefinition, type FuncKeywordDefinition } from 'ajv';
import type { JsonArray, JsonValue } from '../json-value.ts';
import { canonicalKey } from '../numbers/canonical-key.ts';
import { Decimal } from '../numbers/decimal.ts';
import type { NumberContext } from './number-keywords.ts';

/** Where in its container a value is. */
type Place = string | number | undefined;

/** `enum`, exact for all numbers, and as fast for many values as for one. */
export function enumKeyword(context: NumberContext): CodeKeywordDefinition {
  return {
    keyword: 'enum',
    schemaType: 'array',
    error: { message: 'must be equal to one of the allowed values' },
    code(cxt) {
      const { gen, data, it } = cxt;
      const values: JsonArray = cxt.schema;
      const test = gen.scopeValue('keyword', { ref: membership(values, values, context) });
      cxt.pass(_`${test}(${data}, ${it.parentData}, ${it.parentDataProperty})`);
    },
  };
}

export function constKeyword(context: NumberContext): CodeKeywordDefinition {
  const { run, spellings } = context;
  const isNumber = (
    value: JsonValue,
    expected: number,
    expectedSpelling: string | null,
    container: unknown,
    place: Place,
  ): boolean => {
    if (value !== expected) return false;
    const spelling = run.spellings?.at(container, place);
    if (spelling === undefined && expectedSpelling === null) return true;
    const text = String(expected);
    return Decimal.of(spelling ?? text).compare(Decimal.of(expectedSpelling ?? text)) === 0;
  };
  return {
    keyword: 'const',
    error: { message: 'must be equal to constant' },
    code(cxt) {
      const { gen, data, it } = cxt;
      const value: JsonValue = cxt.schema;
      if (typeof value === 'string' || typeof value === 'boolean' || value === null) {
        cxt.pass(_`${data} === ${value}`);
      } else if (typeof value === 'number') {
        const test = gen.scopeValue('keyword', { ref: isNumber });
        const spelling = spellings.at(cxt.parentSchema, 'const') ?? null;
        cxt.pass(_`${test}(${data}, ${value}, ${spelling}, ${it.parentData}, ${it.parentDataProperty})`);
      } else {
        const isEqual = membership([value], cxt.parentSchema, context);
        const test = gen.scopeValue('keyword', { ref: isEqual });
        cxt.pass(_`${test}(${data}, ${it.parentData}, ${it.parentDataProperty})`);
      }
    },
  };
}

function membership(
  values: JsonArray,
  container: object,
  { run, spellings }: NumberContext,
): (value: JsonValue, container: unknown, place: Place) => boolean {
  const strings = new Set(values.filter((value) => typeof value === 'string'));
  const keys = new Set(values.map((value, i) => canonicalKey(value, container, i, spellings, free)));
  return (value, within, place) =>
    typeof value === 'string'
      ? strings.has(value)
      : keys.has(canonicalKey(value, within, place, run.spellings, run));
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

const free = { spend(): void {} };
