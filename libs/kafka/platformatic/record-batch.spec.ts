import { readRecordsBatch, Reader } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import type { ProducerRecord } from '../kafka-types.ts';
import { crc32c } from './crc32c.ts';
import {
  batchOverhead,
  compressBatch,
  encodeBatch,
  recordSizeUpperBound,
  sealBatch,
  type RecordRun,
} from './record-batch.ts';

const now = 1_760_000_000_000;
const none = { producerId: -1n, epoch: -1, sequence: -1 };

function record(parts: Partial<ProducerRecord> = {}): ProducerRecord {
  return { topic: 't', partition: null, key: null, value: null, ...parts };
}

function encode(records: readonly ProducerRecord[]): Buffer {
  return encodeRuns([{ source: { records, timestamp: now }, start: 0, end: records.length }]);
}

function encodeRuns(runs: readonly RecordRun[]): Buffer {
  const records = runs.flatMap((run) => run.source.records.slice(run.start, run.end));
  const bound = records.reduce((sum, one) => sum + recordSizeUpperBound(one), batchOverhead);
  const batch = encodeBatch(runs, records.length, bound);
  expect(batch.length).toBeLessThanOrEqual(bound);
  sealBatch(batch, none);
  return batch;
}

/** What the client's own reader finds, in our words. */
function decode(batch: Buffer): { records: unknown[]; header: ReturnType<typeof readRecordsBatch> } {
  expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
  expect(batch.readInt32BE(8)).toBe(batch.length - 12);
  const header = readRecordsBatch(Reader.from(batch));
  expect(header.records.map((one) => one.offsetDelta)).toEqual(header.records.map((_, i) => i));
  const records = header.records.map((one) => ({
    key: one.key,
    value: one.value,
    headers: [...one.headers].map(([key, value]) => ({ key: key?.toString(), value })),
    timestamp: header.firstTimestamp + one.timestampDelta,
  }));
  return { records, header };
}

function expected(one: ProducerRecord): unknown {
  return {
    key: one.key,
    value: one.value,
    headers: one.headers ?? [],
    timestamp: one.timestamp ?? BigInt(now),
  };
}

describe('encodeBatch', () => {
  it('tells null from empty in keys, values and headers', () => {
    const empty = Buffer.alloc(0);
    const records = [
      record(),
      record({ key: empty, value: empty }),
      record({ key: Buffer.from('k'), value: null }),
      record({
        value: Buffer.from('v'),
        headers: [
          { key: '', value: null },
          { key: 'é€😀', value: empty },
        ],
      }),
    ];
    expect(decode(encode(records)).records).toEqual(records.map(expected));
  });

  it('writes what a reader finds again, whatever the records', () => {
    let seed = 11;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const sizes = [0, 1, 63, 64, 65, 8191, 8192];
    const bytes = (): Buffer | null => {
      const size = sizes[random(sizes.length + 1)];
      return size === undefined ? null : Buffer.alloc(size, random(256));
    };
    for (let round = 0; round < 40; round++) {
      const records = Array.from({ length: 1 + random(70) }, () =>
        record({
          key: bytes(),
          value: bytes(),
          ...(random(3) === 0 ? { headers: [{ key: 'h'.repeat(random(100)), value: bytes() }] } : {}),
          ...(random(2) === 0
            ? { timestamp: BigInt(random(3) === 0 ? random(1000) : now + random(100_000) - 50_000) }
            : {}),
        }),
      );
      expect(decode(encode(records)).records).toEqual(records.map(expected));
    }
  });

  it('joins runs of several senders in order', () => {
    const one = [0, 1, 2, 3].map((i) => record({ value: Buffer.from(`a${i}`) }));
    const two = [record({ value: Buffer.from('b') })];
    const batch = encodeRuns([
      { source: { records: one, timestamp: now }, start: 1, end: 3 },
      { source: { records: two, timestamp: now + 5 }, start: 0, end: 1 },
      { source: { records: one, timestamp: now }, start: 3, end: 4 },
    ]);
    const { records, header } = decode(batch);
    expect(
      records
        .map((r) => r as { value: Buffer; timestamp: bigint })
        .map((r) => `${r.value.toString()} ${r.timestamp}`),
    ).toEqual([`a1 ${now}`, `a2 ${now}`, `b ${now + 5}`, `a3 ${now}`]);
    expect(header.maxTimestamp).toBe(BigInt(now + 5));
    expect(header.lastOffsetDelta).toBe(3);
  });

  it('keeps timestamps to the last digit, also where a double could not', () => {
    const times = [9_223_372_036_854_775_807n, 0n, 9_007_199_254_740_993n, 1n];
    const records = times.map((timestamp) => record({ timestamp }));
    const { records: found, header } = decode(encode(records));
    expect(found).toEqual(records.map(expected));
    expect(header.maxTimestamp).toBe(9_223_372_036_854_775_807n);
    const ascending = [record({ timestamp: 5n }), record({ timestamp: 9_007_199_254_740_993n }), record()];
    const second = decode(encode(ascending));
    expect(second.records).toEqual(ascending.map(expected));
    expect(second.header.maxTimestamp).toBe(9_007_199_254_740_993n);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'compresses batches that a reader finds again: %s',
    async (type) => {
      const records = Array.from({ length: 500 }, (_, i) =>
        record({ key: Buffer.from(`${i}`), value: Buffer.alloc(200, 'x') }),
      );
      const plain = encode(records);
      const batch = await compressBatch(plain, type, undefined);
      sealBatch(batch, none);
      expect(batch.length).toBeLessThan(plain.length / 4);
      expect(decode(batch).records).toEqual(records.map(expected));
    },
  );

  it('leaves a batch alone that compression would make larger', async () => {
    const plain = encode([record({ value: Buffer.from('x') })]);
    expect(await compressBatch(plain, 'gzip', undefined)).toBe(plain);
  });
});

describe('sealBatch', () => {
  it('can be done again for another producer', () => {
    const batch = encode([record({ value: Buffer.from('x') })]);
    for (const producer of [
      { producerId: 4_711n, epoch: 3, sequence: 2_147_483_647 },
      { producerId: 9_007_199_254_740_993n, epoch: 0, sequence: 0 },
    ]) {
      sealBatch(batch, producer);
      const { header } = decode(batch);
      expect([header.producerId, header.producerEpoch, header.firstSequence]).toEqual([
        producer.producerId,
        producer.epoch,
        producer.sequence,
      ]);
    }
  });
});

describe('recordSizeUpperBound', () => {
  it('reckons as the Java client does', () => {
    // DefaultRecord.recordSizeUpperBound: 21 of overhead, then key, value and headers with their varint lengths.
    expect(recordSizeUpperBound(record())).toBe(21 + 1 + 1 + 1);
    expect(recordSizeUpperBound(record({ key: Buffer.alloc(64), value: Buffer.alloc(1_125_000) }))).toBe(
      21 + 66 + 1_125_004 + 1,
    );
    expect(recordSizeUpperBound(record({ headers: [{ key: 'é', value: null }] }))).toBe(
      21 + 1 + 1 + 1 + 3 + 1,
    );
  });
});
