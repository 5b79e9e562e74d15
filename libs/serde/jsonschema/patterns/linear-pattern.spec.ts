import { describe, expect, it } from 'vitest';
import { SchemaParseError } from '../../schema/schema-parse-error.ts';
import { LinearPattern } from './linear-pattern.ts';

const free = { spend(): void {} };

function pattern(source: string): LinearPattern {
  return new LinearPattern(source, free);
}

describe('LinearPattern', () => {
  it.each<[string, string[], string[]]>([
    ['^[A-Z]{3}-\\d+$', ['ABC-1', 'XYZ-123456'], ['AB-1', 'ABC-', 'ABC-1x', '\nABC-1']],
    ['b+', ['abba'], ['aca']],
    ['^a|b$', ['ax', 'xb'], ['xa']],
    ['^\\S+@\\S+\\.\\S+$', ['john@example.com', `${'x'.repeat(100)}@y.z`], ['john', 'a b@c.d']],
    ['^\\s$', ['\u00a0', '\ufeff', '\t'], ['x']],
    ['^\\p{Letter}+$', ['Zürich', 'Δ'], ['1']],
    ['^\\u00e9$', ['é'], ['e']],
    ['^(?<year>\\d{4})$', ['2024'], ['24']],
    ['^(?:ab|cd)*$', ['', 'abcd'], ['abc']],
    ['^[^a]$', ['😀'], ['a']],
    ['^.$', ['😀'], ['ab']],
  ])('%s', (source, matching, others) => {
    expect(matching.filter((text) => !pattern(source).test(text))).toEqual([]);
    expect(others.filter((text) => pattern(source).test(text))).toEqual([]);
  });

  it('knows look-ahead at the beginning', () => {
    const password = pattern('^(?=.*\\d)(?=.*[a-z])(?!admin).{8,}$');
    expect(
      ['abcdefg1', '12345678', 'abcdefgh', 'admin1234', 'abc1'].map((text) => password.test(text)),
    ).toEqual([true, false, false, false, false]);
    expect(pattern('^(?=[)a])(?!\\(|x).$').test('a')).toBe(true);
  });

  it.each([
    '(?<=a)b',
    '(a)\\1',
    'a(?=b)',
    '^(?=a)b|c',
    '(',
    '[z-a]',
    'a{1001}',
    'x'.repeat(10_001),
    '((((a{9}){9}){9}){9}){9}',
  ])('refuses %s', (source) => {
    expect(() => pattern(source)).toThrow(SchemaParseError);
  });

  it.each(['^(a+)+$', '(a|aa)+$', '^a*a*a*a*a*a*$', '^(?:a?){20}a{20}$'])('is not slow for %s', (source) => {
    const before = process.cpuUsage();
    expect(pattern(source).test(`${'a'.repeat(20_000)}b`)).toBe(false);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000);
  });
});
