import type { CompressionType } from '../connection-config.ts';
import type { ProducerRecord, RecordHeader } from '../kafka-types.ts';
import { compress, compressionCodes } from './compression.ts';
import { crc32c } from './crc32c.ts';

/**
 * Writes record batches, version 2.
 *
 * Source: https://kafka.apache.org/documentation/#recordbatch.
 */

/** Bytes of a batch before its records. */
export const batchOverhead = 61;
const maxRecordOverhead = 21;

/** Records `start` to `end` (without it) of a list. */
export interface RecordRun {
  readonly source: {
    readonly records: readonly ProducerRecord[];
    /** Milliseconds since the epoch, for records without a time of their own. */
    readonly timestamp: number;
  };
  readonly start: number;
  readonly end: number;
}

/** Who writes a batch; -1 everywhere without idempotence. */
export interface BatchProducer {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly sequence: number;
}

/** Most bytes that a record takes in a batch, as Java's client reckons it (DefaultRecord.recordSizeUpperBound). */
export function recordSizeUpperBound(record: ProducerRecord): number {
  let bytes = maxRecordOverhead + lengthOfBytes(record.key) + lengthOfBytes(record.value);
  const headers = record.headers;
  if (headers === undefined || headers.length === 0) return bytes + 1;
  bytes += lengthOfVarint(headers.length);
  for (const header of headers) bytes += lengthOfHeader(header);
  return bytes;
}

/**
 * Writes a batch of uncompressed records, its producer and checksum left open: `sealBatch` fills them in.
 *
 * @param count of all runs, at least 1
 * @param upperBound of the batch in bytes: `batchOverhead` and `recordSizeUpperBound` of each
 */
export function encodeBatch(runs: readonly RecordRun[], count: number, upperBound: number): Buffer {
  const buffer = Buffer.allocUnsafe(upperBound);
  const base = firstTimestamp(runs);
  const baseNumber = Number(base);
  const baseIsSafe = Number.isSafeInteger(baseNumber);
  let latest = baseNumber;
  let latestExact = base;
  let at = batchOverhead;
  let offsetDelta = 0;
  for (const { source, start, end } of runs) {
    for (let i = start; i < end; i++) {
      const record = source.records[i];
      if (record === undefined) throw new RangeError('a run points past its records');
      const own = record.timestamp;
      const time = own === undefined ? source.timestamp : Number(own);
      let delta: number | bigint;
      if (baseIsSafe && Number.isSafeInteger(time)) {
        delta = time - baseNumber;
        if (time > latest) latest = time;
      } else {
        const exact = own ?? BigInt(source.timestamp);
        delta = exact - base;
        if (exact > latestExact) latestExact = exact;
      }
      at = writeRecord(buffer, at, record, offsetDelta++, delta);
    }
  }
  const latestSafe = Number.isSafeInteger(latest) ? BigInt(latest) : base;
  buffer.fill(0, 0, batchOverhead);
  buffer.writeInt32BE(at - 12, 8);
  buffer.writeInt32BE(-1, 12); // leader epoch: the broker sets it
  buffer[16] = 2;
  buffer.writeInt32BE(count - 1, 23);
  buffer.writeBigInt64BE(base, 27);
  buffer.writeBigInt64BE(latestExact > latestSafe ? latestExact : latestSafe, 35);
  buffer.writeInt32BE(count, 57);
  return buffer.subarray(0, at);
}

/** The batch with its records compressed, or the same batch when that would not make it smaller; not sealed either. */
export function compressBatch(
  batch: Buffer,
  type: CompressionType,
  level: number | undefined,
): Buffer | Promise<Buffer> {
  if (type === 'none') return batch;
  const finish = (records: Buffer): Buffer => {
    if (records.length >= batch.length - batchOverhead) return batch;
    const smaller = Buffer.allocUnsafe(batchOverhead + records.length);
    smaller.set(batch.subarray(0, batchOverhead));
    smaller.set(records, batchOverhead);
    smaller.writeInt32BE(smaller.length - 12, 8);
    smaller[22] = compressionCodes[type];
    return smaller;
  };
  const compressed = compress(type, level, batch.subarray(batchOverhead));
  return compressed instanceof Promise ? compressed.then(finish) : finish(compressed);
}

/** Writes the producer and the checksum into a batch; again when a retry goes out under another producer. */
export function sealBatch(batch: Buffer, producer: BatchProducer): void {
  batch.writeBigInt64BE(producer.producerId, 43);
  batch.writeInt16BE(producer.epoch, 51);
  batch.writeInt32BE(producer.sequence, 53);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
}

function firstTimestamp(runs: readonly RecordRun[]): bigint {
  const run = runs[0];
  return run?.source.records[run.start]?.timestamp ?? BigInt(run?.source.timestamp ?? 0);
}

function writeRecord(
  buffer: Buffer,
  start: number,
  record: ProducerRecord,
  offsetDelta: number,
  timestampDelta: number | bigint,
): number {
  const { key, value } = record;
  const headers = record.headers ?? noHeaders;
  let length =
    1 +
    lengthOfVarlong(timestampDelta) +
    lengthOfVarint(offsetDelta) +
    lengthOfBytes(key) +
    lengthOfBytes(value) +
    lengthOfVarint(headers.length);
  for (const header of headers) length += lengthOfHeader(header);

  let at = writeVarint(buffer, start, length);
  buffer[at++] = 0; // attributes
  at = writeVarlong(buffer, at, timestampDelta);
  at = writeVarint(buffer, at, offsetDelta);
  at = writeBytes(buffer, at, key);
  at = writeBytes(buffer, at, value);
  at = writeVarint(buffer, at, headers.length);
  for (const header of headers) {
    at = writeVarint(buffer, at, Buffer.byteLength(header.key));
    at += buffer.write(header.key, at);
    at = writeBytes(buffer, at, header.value);
  }
  return at;
}

const noHeaders: readonly RecordHeader[] = [];

function lengthOfHeader(header: RecordHeader): number {
  const keyLength = Buffer.byteLength(header.key);
  return lengthOfVarint(keyLength) + keyLength + lengthOfBytes(header.value);
}

function lengthOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : lengthOfVarint(bytes.length) + bytes.length;
}

function writeBytes(buffer: Buffer, at: number, bytes: Buffer | null): number {
  if (bytes === null) {
    buffer[at] = 1; // -1
    return at + 1;
  }
  const start = writeVarint(buffer, at, bytes.length);
  buffer.set(bytes, start);
  return start + bytes.length;
}

/** Of a number that is not negative. */
function lengthOfVarint(value: number): number {
  return value < 64 ? 1 : value < 8192 ? 2 : value < 1048576 ? 3 : value < 134217728 ? 4 : 5;
}

/** A number that is not negative, zigzag. */
function writeVarint(buffer: Buffer, at: number, value: number): number {
  let rest = (value << 1) >>> 0;
  while (rest > 0x7f) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  return at;
}

function lengthOfVarlong(value: number | bigint): number {
  if (typeof value === 'number' && value >= 0 && value < 0x40000000) return lengthOfVarint(value);
  let length = 1;
  for (let rest = zigzag(BigInt(value)) >> 7n; rest > 0n; rest >>= 7n) length++;
  return length;
}

function writeVarlong(buffer: Buffer, at: number, value: number | bigint): number {
  if (typeof value === 'number' && value >= 0 && value < 0x40000000) return writeVarint(buffer, at, value);
  let rest = zigzag(BigInt(value));
  while (rest > 0x7fn) {
    buffer[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  buffer[at++] = Number(rest);
  return at;
}

function zigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
}
