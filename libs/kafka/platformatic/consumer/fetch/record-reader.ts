import type { ConsumerRecord, RecordHeader } from '../../../kafka-types.ts';

/** Where the records of a batch come from, and what they count from. */
export interface BatchOrigin {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: bigint;
  readonly baseTimestamp: bigint;
  /** The time of all records, where the broker sets it. */
  readonly logAppendTime: bigint | undefined;
}

/** Reads the records of one batch, one at a time; keys and values are views of its bytes. */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #origin: BatchOrigin;
  #position = 0;
  #left: number;

  /** @param bytes the records, decompressed */
  constructor(bytes: Buffer, count: number, origin: BatchOrigin) {
    this.#bytes = bytes;
    this.#left = count;
    this.#origin = origin;
  }

  get bytesLeft(): number {
    return this.#left > 0 ? this.#bytes.length - this.#position : 0;
  }

  /** @returns undefined after the last one @throws {RangeError} when the bytes are no record */
  next(): ConsumerRecord | undefined {
    if (this.#left <= 0) return undefined;
    const length = this.#varint();
    const end = this.#position + length;
    if (length < 0 || end > this.#bytes.length) throw new RangeError('A record is longer than its batch.');
    this.#position++; // attributes: none are in use
    const { topic, partition, baseOffset, logAppendTime } = this.#origin;
    const timestamp = this.#timestamp();
    const offset = baseOffset + BigInt(this.#varint());
    const key = this.#nullableBytes();
    const value = this.#nullableBytes();
    const headerCount = this.#varint();
    const headers = headerCount === 0 ? noHeaders : this.#headers(headerCount, end);
    if (this.#position !== end) throw new RangeError('A record does not end where it says.');
    this.#left--;
    return { topic, partition, offset, timestamp: logAppendTime ?? timestamp, key, value, headers };
  }

  #headers(count: number, end: number): readonly RecordHeader[] {
    if (count < 0) throw new RangeError('A record has a negative number of headers.');
    const headers: RecordHeader[] = [];
    for (let i = 0; i < count; i++) {
      if (this.#position >= end) throw new RangeError('The headers of a record are longer than the record.');
      const key = this.#nullableBytes();
      if (key === null) throw new RangeError('A header has no key.');
      headers.push({ key: key.toString('utf8'), value: this.#nullableBytes() });
    }
    return headers;
  }

  #nullableBytes(): Buffer | null {
    const length = this.#varint();
    if (length < 0) return null;
    const start = this.#position;
    this.#position += length;
    return this.#bytes.subarray(start, this.#position);
  }

  /** A zigzag varint of up to 32 bits. Past the end it reads zeros: `next` compares positions. */
  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#position++] ?? 0;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 28) throw new RangeError('A number of a record has too many bytes.');
      byte = bytes[this.#position++] ?? 0;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  #timestamp(): bigint {
    const bytes = this.#bytes;
    const start = this.#position;
    let byte = bytes[this.#position++] ?? 0;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      if (shift > 21) return this.#longTimestamp(start);
      byte = bytes[this.#position++] ?? 0;
      value |= (byte & 0x7f) << shift;
    }
    return this.#origin.baseTimestamp + BigInt((value >>> 1) ^ -(value & 1));
  }

  #longTimestamp(start: number): bigint {
    let value = 0n;
    this.#position = start;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#position++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, this.#origin.baseTimestamp + ((value >> 1n) ^ -(value & 1n)));
    }
    throw new RangeError('A timestamp has too many bytes.');
  }
}

const noHeaders: readonly RecordHeader[] = [];
