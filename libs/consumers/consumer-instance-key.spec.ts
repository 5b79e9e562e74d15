import { describe, expect, it } from 'vitest';
import { consumerInstanceKey, consumerInstanceName } from './consumer-instance-key.ts';

describe('consumerInstanceKey', () => {
  it.each([
    { group: 'g', id: 'c1' },
    { group: 'a/b', id: 'c' },
    { group: 'a', id: 'b/c' },
    { group: '3:x', id: '' },
    { group: '', id: '/' },
    { group: 'line\nbreak', id: '}{' },
    { group: 'grüße 🦆', id: 'ß' },
  ])('has a way back: $group, $id', (name) => {
    expect(consumerInstanceName(consumerInstanceKey(name))).toEqual(name);
  });

  it('tells names apart that look alike', () => {
    expect(consumerInstanceKey({ group: 'a/b', id: 'c' })).not.toBe(
      consumerInstanceKey({ group: 'a', id: 'b/c' }),
    );
  });

  it.each(['', 'x', '3:ab/c', '1:a', ':/', '1/a/b', '99999999999:a/b'])('makes nothing of %o', (text) => {
    expect(consumerInstanceName(text)).toBeUndefined();
  });
});
