import zlib from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { KafkaError } from '../kafka-error.ts';
import { compress, compressionCodes, decompress } from './compression.ts';

const types = ['gzip', 'snappy', 'lz4', 'zstd'] as const;
const maxBytes = 8 * 1024 * 1024;

/** Text that compresses, noise that does not, runs that overlap themselves. */
function samples(): Buffer[] {
  const noise = Buffer.alloc(200_000);
  for (let i = 0, seed = 42; i < noise.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    noise[i] = seed >>> 16;
  }
  const text = Array.from({ length: 9_000 }, (_, i) =>
    JSON.stringify({ id: i, user: `u${(i * 7919) % 97}` }),
  );
  return [
    Buffer.from('x'),
    Buffer.from('a short text'),
    Buffer.alloc(100_000, 'ab'),
    Buffer.from(text.join('\n')),
    noise,
    Buffer.concat([noise.subarray(0, 70_000), Buffer.alloc(70_000), noise.subarray(0, 70_000)]),
  ];
}

describe('compress and decompress', () => {
  it.each(types)('gives back the same bytes: %s', async (type) => {
    for (const sample of samples()) {
      const small = await compress(type, undefined, sample);
      expect(decompress(compressionCodes[type], small, maxBytes).equals(sample)).toBe(true);
    }
  });

  it.each(['gzip', 'zstd'] as const)('obeys the level: %s', async (type) => {
    const sample = samples()[3] ?? Buffer.alloc(0);
    const fast = await compress(type, 1, sample);
    const dense = await compress(type, 9, sample);
    expect(dense.length).toBeLessThan(fast.length);
    expect(decompress(compressionCodes[type], dense, maxBytes).equals(sample)).toBe(true);
  });

  it('reads snappy without framing, as librdkafka writes it', () => {
    for (const sample of samples()) {
      const raw = compressionsAlgorithms.snappy.compressSync(sample);
      expect(decompress(2, raw, maxBytes).equals(sample)).toBe(true);
    }
  });

  it('reads snappy and lz4 as another implementation does', async () => {
    for (const sample of samples()) {
      const snappy = await compress('snappy', undefined, sample);
      expect(compressionsAlgorithms.snappy.decompressSync(snappy).equals(sample)).toBe(true);
      const lz4 = await compress('lz4', undefined, sample);
      expect(compressionsAlgorithms.lz4.decompressSync(lz4).equals(sample)).toBe(true);
    }
  });

  it.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(5_000_000))],
    ['zstd', zlib.zstdCompressSync(Buffer.alloc(5_000_000))],
    ['lz4', compressionsAlgorithms.lz4.compressSync(Buffer.alloc(5_000_000))],
    ['snappy', compressionsAlgorithms.snappy.compressSync(Buffer.alloc(5_000_000))],
  ] as const)('refuses to let a small batch grow past the limit: %s', (type, bomb) => {
    expect(() => decompress(compressionCodes[type], bomb, 1_000_000)).toThrow(KafkaError);
    expect(decompress(compressionCodes[type], bomb, 5_000_000)).toHaveLength(5_000_000);
  });

  it.each(types)('says that broken data are corrupt, and reads on: %s', async (type) => {
    const sample = samples()[3] ?? Buffer.alloc(0);
    const whole = await compress(type, undefined, sample);
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let round = 0; round < 300; round++) {
      const broken = Buffer.from(whole.subarray(0, round % 2 === 0 ? whole.length : random(whole.length)));
      for (let i = 0; i < 3 && broken.length > 0; i++) broken[random(broken.length)] = random(256);
      try {
        expect(decompress(compressionCodes[type], broken, maxBytes).length).toBeLessThanOrEqual(maxBytes);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'CORRUPT_MESSAGE' });
      }
    }
    expect(() => decompress(compressionCodes[type], whole.subarray(0, 5), maxBytes)).toThrow(KafkaError);
    expect(decompress(compressionCodes[type], whole, maxBytes).equals(sample)).toBe(true);
  });

  it('names a compression that it does not know', () => {
    expect(() => decompress(5, Buffer.from('x'), 10)).toThrow(/Compression 5 is not known/);
  });
});
