import { describe, expect, it } from 'vitest';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts';

// Bytes that kafka-clients 4.1.1 writes for the same values.
const java = {
  subscription: [
    '000000000002000161000162000000020102',
    '000100000002000161000162000000020102000000020001610000000200000000000000020001620000000100000001',
    '00020000000200016100016200000002010200000002000161000000020000000000000002000162000000010000000100000007',
    '00030000000200016100016200000002010200000002000161000000020000000000000002000162000000010000000100000007ffff',
  ],
  assignment: '0003000000020001620000000100000001000161000000020000000200000000ffffffff',
};
const owned = [
  { topic: 'b', partition: 1 },
  { topic: 'a', partition: 2 },
  { topic: 'a', partition: 0 },
];
const inOrder = [
  { topic: 'a', partition: 0 },
  { topic: 'a', partition: 2 },
  { topic: 'b', partition: 1 },
];

describe('consumer protocol', () => {
  it('writes a subscription byte for byte as Java does', () => {
    const bytes = encodeSubscription({
      topics: ['b', 'a'],
      userData: Buffer.from([1, 2]),
      ownedPartitions: owned,
      generationId: 7,
    });

    expect(bytes.toString('hex')).toBe(java.subscription[3]);
  });

  it.each([
    [0, [], -1],
    [1, inOrder, -1],
    [2, inOrder, 7],
    [3, inOrder, 7],
  ])('reads version %i of a subscription', (version, ownedPartitions, generationId) => {
    expect(decodeSubscription(Buffer.from(java.subscription[version] ?? '', 'hex'))).toEqual({
      topics: ['a', 'b'],
      userData: Buffer.from([1, 2]),
      ownedPartitions,
      generationId,
    });
  });

  it('reads a subscription of a version to come, as far as it knows it', () => {
    const bytes = Buffer.from(`${java.subscription[3] ?? ''}00000001`, 'hex');
    bytes.writeInt16BE(9, 0);

    expect(decodeSubscription(bytes).generationId).toBe(7);
  });

  it('writes and reads an assignment as Java does', () => {
    const bytes = encodeAssignment(owned);

    expect(bytes.toString('hex')).toBe(java.assignment);
    expect(decodeAssignment(bytes)).toEqual(owned);
  });

  it('takes no bytes for an empty assignment', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
  });

  it.each(['00', '0000', '0000ffffff', '00037fffffff', '000300000001000161000000017f'])(
    'refuses broken bytes %s',
    (hex) => {
      expect(() => decodeAssignment(Buffer.from(hex, 'hex'))).toThrow(RangeError);
    },
  );
});
