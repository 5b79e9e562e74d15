import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

describe('BoundedMap', () => {
  it('drops what was not used for longest when there are too many', () => {
    const map = new BoundedMap<string, number>({ maxEntries: 2 });
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);

    map.set('c', 3);

    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    expect(map.size).toBe(2);
  });

  it('drops what was not used for longest when they weigh too much, and takes none that is too heavy', () => {
    const map = new BoundedMap<string, number>({ maxEntries: 10, maxWeight: 10 });
    map.set('a', 1, { weight: 4 });
    map.set('b', 2, { weight: 4 });
    map.set('b', 3, { weight: 5 });
    map.set('c', 4, { weight: 5 });
    map.set('d', 5, { weight: 11 });

    expect([map.get('a'), map.get('b'), map.get('c'), map.get('d')]).toEqual([undefined, 3, 4, undefined]);
  });

  it('drops what is too old', () => {
    let now = 0;
    const map = new BoundedMap<string, number>({ maxEntries: 10 }, () => now);
    map.set('a', 1, { ttlMs: 5 });
    map.set('b', 2);
    now = 4;
    expect(map.get('a')).toBe(1);

    now = 5;

    expect([map.get('a'), map.get('b')]).toEqual([undefined, 2]);
    expect(map.size).toBe(1);
  });
});
