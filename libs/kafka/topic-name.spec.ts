import { describe, expect, it } from 'vitest';
import { checkTopicName, isTopicName } from './topic-name.ts';

describe('isTopicName', () => {
  it.each(['t', 'a.b_c-D9', '__consumer_offsets', '...', 'x'.repeat(249)])('takes %s', (name) => {
    expect(isTopicName(name)).toBe(true);
  });

  it.each(['', '.', '..', 'bad name', 'a/b', 'ä', 'a\n', 'x'.repeat(250)])('refuses %j', (name) => {
    expect(isTopicName(name)).toBe(false);
  });
});

describe('checkTopicName', () => {
  it('refuses as the broker would', () => {
    expect(() => checkTopicName('bad name')).toThrow(
      'The request attempted to perform an operation on an invalid topic.',
    );
  });
});
