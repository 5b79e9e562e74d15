import { describe, expect, it } from 'vitest';
import { JsonValueFinder } from './json-value-finder.ts';

/** What is found when the chunks come one after another. */
function found(...chunks: readonly (string | Buffer)[]): {
  readonly values: readonly string[];
  readonly rest: string | undefined;
  readonly broken: string | undefined;
} {
  const finder = new JsonValueFinder();
  const values: string[] = [];
  for (const chunk of chunks) {
    finder.feed(Buffer.from(chunk), (value) => values.push(value.toString()));
    if (finder.broken !== undefined) break;
  }
  return { values, rest: finder.end()?.toString(), broken: finder.broken?.toString() };
}

const values = [
  '{"a":1}',
  '{}',
  '{"n":{"l":[1,2.5e-3,[],{}],"s":"}]\\"\\\\"} , "t" : true}',
  '[{"a":null}, "x"]',
  '"top {\\" level"',
  '{"é😀":"日本\\u00e9"}',
  '{"k":-0.0}',
];

describe('JsonValueFinder', () => {
  it('finds values with and without white space between them', () => {
    expect(found(values.join(''))).toEqual({ values, rest: undefined, broken: undefined });
    expect(found(` \r\n\t${values.join('\n')}\n`)).toEqual({ values, rest: undefined, broken: undefined });
  });

  it('finds the same wherever the stream is cut', () => {
    const text = Buffer.from(`\ufeff${values.join(' ')}\n12 null 3`);
    const expected = { values: [...values, '12', 'null'], rest: '3', broken: undefined };
    for (let i = 0; i <= text.length; i++) {
      expect(found(text.subarray(0, i), text.subarray(i))).toEqual(expected);
    }
    expect(found(...Array.from(text, (byte) => Buffer.from([byte])))).toEqual(expected);
  });

  it('gives what has no end when the stream ends', () => {
    expect(found('{"a":1} {"b":')).toEqual({ values: ['{"a":1}'], rest: '{"b":', broken: undefined });
  });

  it.each([
    ['{"a":1},{"b":2}', ','],
    ['{"a":1}}', '}'],
    ['{"a":1}{"b":2 {"c":3}', '{"b":2 {'],
    ['{"a":1]', '{"a":1]'],
    ['{"a" 1}', '{"a" 1'],
    ['{a:1}', '{a'],
    ['{"a":1,}', '{"a":1,}'],
    ['{"a":"x\n"}', '{"a":"x\n'],
    ['{"a":é}', '{"a":é'],
    ['[1 2]', '[1 2'],
    ['[1,,2]', '[1,,'],
    ['[1,]', '[1,]'],
    [Buffer.from([0xef, 0x7b]), '\ufffd'],
  ])('notices at once that %s is not JSON', (text, broken) => {
    expect(found(text).broken).toBe(broken);
    const bytes = Buffer.from(text);
    for (let i = 0; i <= bytes.length; i++) {
      expect(found(bytes.subarray(0, i), bytes.subarray(i)).broken?.startsWith(broken.slice(0, -1))).toBe(
        true,
      );
    }
  });

  it('knows how much of a value it holds', () => {
    const finder = new JsonValueFinder();
    finder.feed(Buffer.from('{"a":1}{"b"'), () => undefined);
    expect(finder.unfinishedBytes).toBe(4);
    finder.feed(Buffer.from(':2}'), () => undefined);
    expect(finder.unfinishedBytes).toBe(0);
  });
});
