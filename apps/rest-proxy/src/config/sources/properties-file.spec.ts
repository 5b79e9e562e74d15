import { describe, expect, it } from 'vitest';
import { parseProperties } from './properties-file.ts';

const read = (text: string): readonly (readonly [string, string])[] =>
  parseProperties(Buffer.from(text)).map(({ key, value }) => [key, value]);

describe('parseProperties', () => {
  it.each([
    ['equals', 'a=b', [['a', 'b']]],
    ['colon', 'a:b', [['a', 'b']]],
    ['space', 'a b', [['a', 'b']]],
    ['tab', 'a\tb', [['a', 'b']]],
    ['white space around the separator', '  a \t=\f b', [['a', 'b']]],
    ['no value', 'a', [['a', '']]],
    ['no value after a separator', 'a =', [['a', '']]],
    ['no key', '= b', [['', 'b']]],
    ['one separator only', 'a = = b', [['a', '= b']]],
    ['a colon after white space', 'a : b', [['a', 'b']]],
    ['separators in the value', 'a=b=c:d', [['a', 'b=c:d']]],
    ['escaped separators in the key', String.raw`a\=b\:c\ d=e`, [['a=b:c d', 'e']]],
    ['white space kept at the end', 'a=b  ', [['a', 'b  ']]],
    ['comments and empty lines', '# a=b\n! c=d\n\n  # e\nf=g', [['f', 'g']]],
    ['a comment that ends with a backslash', '# a\\\nb=c', [['b', 'c']]],
    ['# and ! within a line', 'a=b#c!d', [['a', 'b#c!d']]],
    ['continuation', 'a=b,\\\n    c,\\\n    d', [['a', 'b,c,d']]],
    [
      'continuation with CRLF',
      'a=b\\\r\n  c\r\nd=e',
      [
        ['a', 'bc'],
        ['d', 'e'],
      ],
    ],
    [
      'CR alone',
      'a=b\rc=d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'an even number of backslashes at the end',
      'a=b\\\\\nc=d',
      [
        ['a', 'b\\'],
        ['c', 'd'],
      ],
    ],
    ['an odd number of backslashes at the end', 'a=b\\\\\\\nc', [['a', 'b\\c']]],
    ['a continued line that looks like a comment', 'a=b\\\n#c', [['a', 'b#c']]],
    ['a backslash at the very end', 'a=b\\', [['a', 'b']]],
    ['escapes', String.raw`a=\t\n\r\f\\\"\z`, [['a', '\t\n\r\f\\"z']]],
    ['unicode escapes', String.raw`a=\u00e9\u20AC`, [['a', 'é€']]],
    ['UTF-8', 'a=é€', [['a', 'é€']]],
    ['a byte order mark', '\uFEFFa=b', [['a', 'b']]],
    [
      'the same key twice, in order',
      'a=b\na=c',
      [
        ['a', 'b'],
        ['a', 'c'],
      ],
    ],
    [
      'a login module over lines',
      'sasl.jaas.config=org.apache.PlainLoginModule required \\\n  username="a" \\\n  password="b";',
      [['sasl.jaas.config', 'org.apache.PlainLoginModule required username="a" password="b";']],
    ],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('reads ISO-8859-1 where the bytes are not UTF-8', () => {
    expect(parseProperties(Buffer.from('a=é', 'latin1'))[0]?.value).toBe('é');
  });

  it('tells the line where a key stands', () => {
    const lines = parseProperties(Buffer.from('# x\na=b\\\n c\n\nd=e')).map(({ key, line }) => [key, line]);

    expect(lines).toEqual([
      ['a', 2],
      ['d', 5],
    ]);
  });

  it.each(['a=\\u12', 'b=c\na=\\uxyzw'])('refuses the malformed unicode escape of %j', (text) => {
    expect(() => read(text)).toThrow(/line \d: malformed \\uxxxx encoding/);
  });
});
