import { describe, expect, it } from 'vitest';
import {
  decodeGeneration,
  decodeStickyData,
  encodeGeneration,
  encodeStickyData,
} from './sticky-user-data.ts';

// What kafka-clients 4.1.1 writes for the same assignment in generation 7.
const java = '00000002000161000000020000000200000000000162000000010000000100000007';
const partitions = [
  { topic: 'a', partition: 2 },
  { topic: 'a', partition: 0 },
  { topic: 'b', partition: 1 },
];

describe('data of the sticky assignors', () => {
  it('is byte for byte that of Java', () => {
    expect(encodeStickyData({ partitions, generationId: 7 }).toString('hex')).toBe(java);
    expect(encodeGeneration(7).toString('hex')).toBe('00000007');
    expect(encodeGeneration(-1).toString('hex')).toBe('ffffffff');
  });

  it('is read, also without a generation', () => {
    expect(decodeStickyData(Buffer.from(java, 'hex'))).toEqual({ partitions, generationId: 7 });
    expect(decodeStickyData(Buffer.from(java.slice(0, -8), 'hex'))).toEqual({ partitions, generationId: -1 });
    expect(decodeGeneration(Buffer.from('00000007', 'hex'))).toBe(7);
  });

  it('owns nothing when it is not there or broken', () => {
    expect(decodeStickyData(null)).toEqual({ partitions: [], generationId: -1 });
    expect(decodeStickyData(Buffer.from('7fffffff', 'hex'))).toEqual({ partitions: [], generationId: -1 });
    expect(decodeGeneration(Buffer.from('00', 'hex'))).toBe(-1);
  });
});
