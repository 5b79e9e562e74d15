import { describe, expect, it } from 'vitest';
import { randomJson, seededRandom } from '../../../../test/support/random-json.ts';
import { compactJson } from '../../json-text/compact-json.ts';
import type { JsonValue } from '../json-value.ts';
import { isUnusual, parseSpelled, type NumberSpellings } from './number-spellings.ts';
import { parseExactly } from './parse-exactly.ts';

function exactly(text: string): { value: JsonValue; spellings: NumberSpellings | undefined } {
  return parseExactly(Buffer.from(text)) ?? { value: 'too long', spellings: undefined };
}

/** All spellings that were kept, with their places. */
function kept(
  value: JsonValue,
  spellings: NumberSpellings | undefined,
  container?: object,
  place = '',
): string[] {
  const own = spellings?.at(container, place);
  const mine = own === undefined ? [] : [`${place}=${own}`];
  if (typeof value !== 'object' || value === null) return mine;
  return Object.entries(value).flatMap(([name, child]) =>
    kept(child, spellings, value, name).map((text) =>
      name === text.split('=')[0] ? text : `${name}/${text}`,
    ),
  );
}

function keptOf(text: string): string[] {
  const { value, spellings } = exactly(text);
  return kept(value, spellings);
}

describe('parseExactly', () => {
  it.each([
    ['1.0', ['=1.0']],
    ['{"a":1.0,"b":1}', ['a=1.0']],
    ['{"b":"1.0","a":1e2}', ['a=1e2']],
    ['[1,2,12345678901234567890]', ['2=12345678901234567890']],
    ['{"x":{"y":[-0.0,{"z":1E400}]}}', ['x/y/0=-0.0', 'x/y/1/z=1E400']],
    ['{"a":0.12345678901234567890}', ['a=0.12345678901234567890']],
  ])('keeps what doubles do not tell of %s', (text, expected) => {
    expect(keptOf(text)).toEqual(expected);
  });

  it.each(['1', '1.10', '{"a":19.99,"b":-5,"c":0.5}', '["1.0","1e5 \\" 2.0",1.5]', '{"1.0":2}'])(
    'keeps nothing of %s',
    (text) => {
      expect(keptOf(text)).toEqual([]);
    },
  );

  it.each([
    ['{"b":1.0,"1":1}', ['b=1.0']],
    ['{"a":"x","b":1,"a":1.0}', ['a=1.0']],
    ['{"a":1.0,"b":1,"a":1}', []],
  ])('is not misled by the order of members in %s', (text, expected) => {
    expect(keptOf(text)).toEqual(expected);
  });

  it('says when a number is too long', () => {
    expect(parseExactly(Buffer.from(`[${'1'.repeat(1001)}]`))).toBe(undefined);
    expect(parseExactly(Buffer.from(`[${'1'.repeat(1000)}]`))).not.toBe(undefined);
  });

  it('finds the same as a parser that asks for every number', () => {
    const random = seededRandom(7);
    let unusual = 0;
    for (let i = 0; i < 1000; i++) {
      const sent = Buffer.from(randomJson(random, 5));
      const text = compactJson(sent, 0, sent.length).toString();
      const { value, spellings } = parseSpelled(text, isUnusual);
      const expected = kept(value, spellings);
      unusual += expected.length;
      expect(keptOf(text), text).toEqual(expected);
    }
    expect(unusual).toBeGreaterThan(200);
  });
});
