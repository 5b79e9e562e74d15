import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { SystemClock } from './system-clock.ts';
import { TopicPattern, TopicPatternError } from './topic-pattern.ts';

describe('TopicPattern', () => {
  it.each([
    ['t', 't1', false],
    ['t.*', 't1', true],
    ['.*1', 't1', true],
    ['^t1$', 't1', true],
    ['a|t1', 't1', true],
    ['a|t', 't1', false],
    ['T1', 't1', false],
    ['(?i)T1', 't1', true],
    ['[a-z]\\d', 't1', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['a\\.b', 'axb', false],
    ['[\\w.-]+', 'a-b.c_d', true],
    ['[]a]', 'a', true],
    ['(?<name>t)\\d{1,2}', 't12', true],
    ['', '', true],
    ['', 't1', false],
    ['(?:a|b)*?c', 'abbac', true],
  ])('%s on %s is %s', (pattern, topic, matches) => {
    expect(new TopicPattern(pattern).matches(topic)).toBe(matches);
  });

  it.each([
    ['[', 'cannot be used as a regular expression: missing closing ]: `[`'],
    ['*', 'cannot be used as a regular expression: missing argument to repetition operator: `*`'],
    ['a++', 'cannot be used as a regular expression: invalid nested repetition operator: `++`'],
    ['(?=a)b', 'cannot be used as a regular expression: invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'cannot be used as a regular expression: invalid escape sequence: `\\1`'],
    ['[a-z&&[^b]]', 'joins or intersects character classes, which is not supported'],
    ['[a[bc]]', 'joins or intersects character classes, which is not supported'],
    ['[\\Qa\\E]', 'quotes inside a character class, which is not supported'],
    ['((a{0,30}){0,30}){0,1}', 'is too complex'],
    ['a'.repeat(1_001), 'is longer than 1000 characters'],
  ])('refuses %s', (pattern, message) => {
    expect(() => new TopicPattern(pattern)).toThrow(new TopicPatternError(message));
  });

  it('takes no time for a pattern that makes other engines hang', () => {
    const clock = new SystemClock();
    const started = clock.now();
    const pattern = new TopicPattern('(a*)*(a|a)*(.*a)*b');
    expect(pattern.matches('a'.repeat(249))).toBe(false);

    expect(clock.now() - started).toBeLessThan(1_000);
  });

  it('says when it takes too long to match the topics that there are', async () => {
    const pattern = new TopicPattern('(.*a.{100}){8}x');
    class TickingClock extends ManualClock {
      #ticks = 0;
      override now(): number {
        this.#ticks += 1;
        return this.#ticks;
      }
    }
    const topics = Array.from({ length: 2_000 }, (_, index) => `topic-${index}`);

    await expect(pattern.learn(topics, new TickingClock())).rejects.toThrow('takes too long to match');
  });
});
