import { describe, expect, it } from 'vitest';
import { murmur2, partitionOfKey, StickyPartitioner } from './partitioner.ts';

describe('murmur2', () => {
  // The cases of Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Java client does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });
});

describe('partitionOfKey', () => {
  it('makes the hash positive as the Java client does, not by its absolute value', () => {
    expect(partitionOfKey(Buffer.from('21'), 1000)).toBe((-973932308 & 0x7fffffff) % 1000);
    expect(partitionOfKey(Buffer.from('abc'), 1000)).toBe(107);
  });

  it('takes an empty key for a key', () => {
    const partition = partitionOfKey(Buffer.alloc(0), 7);
    expect(partition).toBe((murmur2(Buffer.alloc(0)) & 0x7fffffff) % 7);
  });
});

describe('StickyPartitioner', () => {
  const idle = (): number => 0;

  it('stays until enough bytes went to a partition, then goes to another', () => {
    const sticky = new StickyPartitioner(1000);
    const partitions = Array.from({ length: 40 }, () => sticky.next(100, [0, 1, 2, 3], idle));
    for (let i = 0; i < 40; i += 10) {
      expect(new Set(partitions.slice(i, i + 10)).size).toBe(1);
      if (i > 0) expect(partitions[i]).not.toBe(partitions[i - 1]);
    }
  });

  it('uses all partitions alike', () => {
    const sticky = new StickyPartitioner(1);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) {
      const partition = sticky.next(1, [0, 1, 2, 3, 4], idle);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(1_700);
  });

  it('chooses only among the candidates, though there be one', () => {
    const sticky = new StickyPartitioner(1);
    const chosen = Array.from({ length: 20 }, (_, i) => sticky.next(1, i < 10 ? [4] : [2, 7], idle));
    expect(new Set(chosen.slice(0, 10))).toEqual(new Set([4]));
    expect(new Set(chosen.slice(10))).toEqual(new Set([2, 7]));
  });

  it('prefers partitions with less to do', () => {
    const sticky = new StickyPartitioner(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4_000; i++) {
      const partition = sticky.next(1, [0, 1, 2, 3], (p) => (p === 2 ? 50_000 : 0));
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    // A third of the others, give or take chance.
    expect(counts[2]).toBeLessThan((counts[0] ?? 0) / 2);
  });

  it('leaves a partition at once when told so', () => {
    const sticky = new StickyPartitioner(1_000_000);
    const first = sticky.next(1, [0, 1, 2], idle);
    sticky.leave(first);
    expect(sticky.next(1, [0, 1, 2], idle)).not.toBe(first);
  });
});
