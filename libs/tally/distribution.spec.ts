import { describe, expect, it } from 'vitest';
import { Distribution } from './distribution.ts';

describe('Distribution', () => {
  it('counts a value where it is at most the bound, and the largest behind the last', () => {
    const distribution = new Distribution([1, 10]);

    for (const value of [0, 1, 1.5, 10, 11, 1e9]) distribution.observe(value);

    expect([...distribution.counts]).toEqual([2, 2, 2]);
    expect(distribution.sum).toBe(1_000_000_023.5);
  });
});
