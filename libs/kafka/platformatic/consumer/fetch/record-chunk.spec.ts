import { crc32c } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { KafkaError } from '../../../kafka-error.ts';
import type { ConsumerRecord } from '../../../kafka-types.ts';
import { compress, compressionCodes } from '../../compression.ts';
import { RecordChunk, type ChunkSource } from './record-chunk.ts';

describe('RecordChunk', () => {
  it('reads keys, values, headers, timestamps and offsets', () => {
    const bytes = batch({
      baseOffset: 5n,
      records: [
        {
          key: 'k',
          value: 'v',
          headers: [
            ['h', 'x'],
            ['n', null],
          ],
          timestampDelta: -7n,
        },
        { key: null, value: '', offsetDelta: 3, timestampDelta: 1n << 40n },
      ],
    });

    expect(take(chunk(bytes, 5n))).toEqual([
      {
        topic: 't',
        partition: 0,
        offset: 5n,
        timestamp: baseTimestamp - 7n,
        key: Buffer.from('k'),
        value: Buffer.from('v'),
        headers: [
          { key: 'h', value: Buffer.from('x') },
          { key: 'n', value: null },
        ],
      },
      {
        topic: 't',
        partition: 0,
        offset: 8n,
        timestamp: baseTimestamp + (1n << 40n),
        key: null,
        value: Buffer.alloc(0),
        headers: [],
      },
    ]);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('reads %s', async (type) => {
    const bytes = batch({ records: [{ value: 'x'.repeat(500) }, { value: 'y' }] }, compressionCodes[type]);
    const packed = await compress(type, undefined, bytes.subarray(61));

    const values = take(chunk(reframe(Buffer.concat([bytes.subarray(0, 61), packed])))).map(
      (r) => r.value?.length,
    );

    expect(values).toEqual([500, 1]);
  });

  it('takes the broker’s time where the topic says so', () => {
    const bytes = batch({ attributes: 0x08, records: [{ timestampDelta: 5n }] });

    expect(take(chunk(bytes))[0]?.timestamp).toBe(maxTimestamp);
  });

  it('leaves out records before the offset, and goes on after batches whose records are gone', () => {
    const bytes = Buffer.concat([
      batch({ baseOffset: 0n, records: [{}, {}, {}] }),
      batch({ baseOffset: 3n, records: [], lastOffsetDelta: 6 }),
    ]);
    const read = chunk(bytes, 2n);

    expect(offsets(take(read))).toEqual([2n]);
    expect(read.nextOffset).toBe(10n);
    expect(read.endOffset).toBe(10n);
  });

  it('follows the offset record by record', () => {
    const read = chunk(batch({ baseOffset: 4n, records: [{}, {}] }), 4n);

    read.next();

    expect(read.nextOffset).toBe(5n);
    expect(read.endOffset).toBe(6n);
  });

  it('does not mind a batch that is cut off', () => {
    const whole = batch({ records: [{}] });
    const read = chunk(Buffer.concat([whole, batch({ baseOffset: 1n, records: [{}] }).subarray(0, 64)]));

    expect(offsets(take(read))).toEqual([0n]);
    expect(read.endOffset).toBe(1n);
    expect(chunk(whole.subarray(0, 30)).isEmpty).toBe(true);
  });

  it('leaves out control batches', () => {
    const read = chunk(Buffer.concat([batch({ records: [{}] }), marker(1n, 9n, commit)]));

    expect(offsets(take(read))).toEqual([0n]);
    expect(read.nextOffset).toBe(2n);
  });

  it('leaves out aborted transactions, and only those', () => {
    const bytes = Buffer.concat([
      transactional(0n, 1n), // aborted by the marker at 3
      transactional(1n, 2n), // committed
      batch({ baseOffset: 2n, records: [{}] }),
      marker(3n, 1n, abort),
      transactional(4n, 1n), // a new transaction of the same producer, committed
      marker(5n, 2n, commit),
      marker(6n, 1n, commit),
    ]);
    const read = chunk(bytes, 0n, { abortedTransactions: [{ producerId: 1n, firstOffset: 0n }] });

    expect(offsets(take(read))).toEqual([1n, 2n, 4n]);
    expect(read.nextOffset).toBe(7n);
  });

  it('reads everything of transactions when told of no aborted ones', () => {
    expect(offsets(take(chunk(Buffer.concat([transactional(0n, 1n), marker(1n, 1n, abort)]))))).toEqual([0n]);
  });

  it('says where a batch with a wrong checksum is and what comes after it, at each call', () => {
    const bad = batch({ baseOffset: 1n, records: [{ value: 'abc' }, {}] });
    bad[bad.length - 1] = 0x55;
    const read = chunk(
      Buffer.concat([batch({ records: [{}] }), bad, batch({ baseOffset: 3n, records: [{}] })]),
    );

    expect(read.next()?.offset).toBe(0n);
    for (let i = 0; i < 2; i++) {
      const error = thrownBy(() => read.next());
      expect(error.kind).toBe('CORRUPT_MESSAGE');
      expect(error.retriable).toBe(false);
      expect(error.message).toBe(
        'The record batch at offset 1 of t-0 cannot be read: its checksum is wrong. Offset 3 is the first after it.',
      );
    }
  });

  it('does not check what it is told not to', () => {
    const bytes = batch({ records: [{ value: 'abc' }] });
    bytes[17] = (bytes[17] ?? 0) ^ 0xff;

    expect(offsets(take(chunk(bytes, 0n, { checkCrcs: false })))).toEqual([0n]);
  });

  it('ends at broken records without reading on, whatever the bytes', () => {
    const good = batch({ records: [{ key: 'key', value: 'value', headers: [['a', 'b']] }, { value: 'x' }] });
    for (let position = 61; position < good.length; position++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const bytes = Buffer.from(good);
        bytes[position] = value;
        const read = chunk(bytes, 0n, { checkCrcs: false });
        try {
          take(read);
        } catch (error) {
          expect(error).toBeInstanceOf(KafkaError);
        }
      }
    }
  });

  it('reports a broken frame after what comes before it', () => {
    const broken = Buffer.alloc(40);
    const read = chunk(Buffer.concat([batch({ records: [{}] }), broken]));

    expect(read.next()?.offset).toBe(0n);
    expect(thrownBy(() => read.next()).message).toContain('at offset 1 of t-0');
  });

  it('refuses formats of before Kafka 0.11 by name', () => {
    const old = Buffer.alloc(40);
    old.writeInt32BE(28, 8);
    old.writeInt8(1, 16);

    expect(thrownBy(() => chunk(old).next()).kind).toBe('UNSUPPORTED_FOR_MESSAGE_FORMAT');
  });

  it('knows how many bytes are left', () => {
    const one = batch({ records: [{}, {}] });
    const read = chunk(Buffer.concat([one, one]));

    expect(read.bytesLeft).toBe(one.length * 2);
    take(read);
    expect(read.bytesLeft).toBe(0);
  });
});

const baseTimestamp = 1_700_000_000_000n;
const maxTimestamp = baseTimestamp + 1000n;
const abort = 0;
const commit = 1;

interface TestRecord {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
  readonly offsetDelta?: number;
  readonly timestampDelta?: bigint;
}

interface TestBatch {
  readonly baseOffset?: bigint;
  readonly attributes?: number;
  readonly producerId?: bigint;
  readonly lastOffsetDelta?: number;
  readonly records: readonly TestRecord[];
}

function batch(of: TestBatch, attributes = of.attributes ?? 0): Buffer {
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(of.baseOffset ?? 0n, 0);
  header.writeInt8(2, 16);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(of.lastOffsetDelta ?? Math.max(0, of.records.length - 1), 23);
  header.writeBigInt64BE(baseTimestamp, 27);
  header.writeBigInt64BE(maxTimestamp, 35);
  header.writeBigInt64BE(of.producerId ?? -1n, 43);
  header.writeInt32BE(of.records.length, 57);
  return reframe(Buffer.concat([header, ...of.records.map((r, i) => encode(r, i))]));
}

/** Sets length and checksum. */
function reframe(bytes: Buffer): Buffer {
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  return bytes;
}

function transactional(baseOffset: bigint, producerId: bigint): Buffer {
  return batch({ baseOffset, producerId, attributes: 0x10, records: [{}] });
}

function marker(baseOffset: bigint, producerId: bigint, type: number): Buffer {
  const key = String.fromCodePoint(0, 0, 0, type);
  return batch({ baseOffset, producerId, attributes: 0x30, records: [{ key }] });
}

function encode(record: TestRecord, index: number): Buffer {
  const text = (value: string | null): Buffer =>
    value === null
      ? varint(-1n)
      : Buffer.concat([varint(BigInt(value.length)), Buffer.from(value, 'latin1')]);
  const { key = null, value = 'v', headers = [], offsetDelta = index, timestampDelta = 0n } = record;
  const body = Buffer.concat([
    Buffer.alloc(1),
    varint(timestampDelta),
    varint(BigInt(offsetDelta)),
    text(key),
    text(value),
    varint(BigInt(headers.length)),
    ...headers.flatMap(([name, content]) => [text(name), text(content)]),
  ]);
  return Buffer.concat([varint(BigInt(body.length)), body]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function chunk(records: Buffer, offset = 0n, more: Partial<ChunkSource> = {}): RecordChunk {
  return new RecordChunk({
    topic: 't',
    partition: 0,
    offset,
    records,
    abortedTransactions: [],
    checkCrcs: true,
    ...more,
  });
}

function take(read: RecordChunk): ConsumerRecord[] {
  const records: ConsumerRecord[] = [];
  for (let record = read.next(); record !== undefined; record = read.next()) records.push(record);
  return records;
}

function offsets(records: readonly ConsumerRecord[]): bigint[] {
  return records.map((record) => record.offset);
}

function thrownBy(call: () => unknown): KafkaError {
  try {
    call();
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
