import { describe, expect, it } from 'vitest';
import { encodeFetch } from './fetch-request.ts';
import { decodeFetch } from './fetch-response.ts';

const topicId = '01020304-0506-0708-090a-0b0c0d0e0f10';

describe('fetch request', () => {
  const item = {
    topic: 't',
    topicId,
    partition: 2,
    offset: 7n,
    leaderEpoch: 3,
    lastEpoch: 1,
    maxBytes: 1000,
  };
  const limits = { maxWaitMs: 500, minBytes: 1, maxBytes: 4096, isolation: 'read_committed' as const };

  it.each([
    [13, `02 ${topicId.replaceAll('-', '')}`],
    [12, '02 02 74'],
  ] as const)('version %i is what the protocol says', (version, topics) => {
    const hex = [
      'ffffffff 000001f4 00000001 00001000 01 00000000 ffffffff',
      topics,
      '02 00000002 00000003 0000000000000007 00000001 ffffffffffffffff 000003e8 00',
      '00 01 01 00',
    ];

    expect(encodeFetch(version, limits, [item]).toString('hex')).toBe(hex.join('').replaceAll(' ', ''));
  });

  it('names a topic once', () => {
    const bytes = encodeFetch(12, limits, [item, { ...item, partition: 3 }, { ...item, topic: 'u' }]);

    expect(bytes.toString('latin1').split('\x02t')).toHaveLength(2);
  });
});

describe('fetch response', () => {
  const partition = [
    '00000002 0000 0000000000000009 0000000000000008 0000000000000000',
    '02 0000000000000063 0000000000000004 00',
    'ffffffff 04 aabbcc',
  ];
  const frame = (topic: string, tags: string): Buffer =>
    Buffer.from(
      ['00000000 0000 00000000 02', topic, '02', ...partition, tags, '00 00'].join('').replaceAll(' ', ''),
      'hex',
    );

  it('is read with aborted transactions and records', () => {
    const answer = decodeFetch(12, frame('02 74', '00'));

    expect(answer).toEqual({
      errorCode: 0,
      partitions: [
        {
          topic: 't',
          partition: 2,
          errorCode: 0,
          highWatermark: 9n,
          lastStableOffset: 8n,
          diverging: undefined,
          abortedTransactions: [{ producerId: 99n, firstOffset: 4n }],
          records: Buffer.from('aabbcc', 'hex'),
        },
      ],
    });
  });

  it('is read with the epoch where histories part, and tags to come', () => {
    const tags = '02 00 0d 00000005 000000000000000b 00 09 02 ffff';

    const answer = decodeFetch(13, frame(topicId.replaceAll('-', ''), tags));

    expect(answer.partitions[0]?.topic).toBe(topicId.replaceAll('-', ''));
    expect(answer.partitions[0]?.diverging).toEqual({ epoch: 5, endOffset: 11n });
  });

  it('that ends too early is refused', () => {
    const bytes = frame('02 74', '00');
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeFetch(12, bytes.subarray(0, length))).toThrow(RangeError);
    }
  });
});
