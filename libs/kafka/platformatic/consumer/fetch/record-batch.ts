/** The header of a record batch of format 2; byte positions within a batch. */
export const batchLayout = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
  records: 61,
} as const;

const compressionMask = 0x07;
const logAppendTimeFlag = 0x08;
const transactionalFlag = 0x10;
const controlFlag = 0x20;
/** Offset and length come before what the length counts. */
const frameBytes = 12;

/** A view of one complete record batch. */
export class RecordBatch {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly end: number;

  private constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.end = end;
  }

  /** The batch at `start`; undefined when it is not there whole. @throws {RangeError} when no batch can look so */
  static at(bytes: Buffer, start: number): RecordBatch | undefined {
    if (start + batchLayout.magic >= bytes.length) return undefined;
    const length = bytes.readInt32BE(start + batchLayout.length);
    const end = start + frameBytes + length;
    const isOld = bytes.readInt8(start + batchLayout.magic) < 2;
    if (length < (isOld ? smallestOldLength : batchLayout.records - frameBytes))
      throw new RangeError(`A record batch cannot have ${length} bytes.`);
    return end > bytes.length ? undefined : new RecordBatch(bytes, start, end);
  }

  /** The format; 2 since Kafka 0.11. Of older ones only the offsets can be asked. */
  get magic(): number {
    return this.#bytes.readInt8(this.#start + batchLayout.magic);
  }

  get baseOffset(): bigint {
    return this.#bytes.readBigInt64BE(this.#start);
  }

  get lastOffset(): bigint {
    if (this.magic < 2) return this.baseOffset;
    return this.baseOffset + BigInt(this.#bytes.readInt32BE(this.#start + batchLayout.lastOffsetDelta));
  }

  get leaderEpoch(): number {
    return this.#bytes.readInt32BE(this.#start + batchLayout.leaderEpoch);
  }

  get crc(): number {
    return this.#bytes.readUInt32BE(this.#start + batchLayout.crc);
  }

  /** What the checksum covers. */
  get checkedBytes(): Buffer {
    return this.#bytes.subarray(this.#start + batchLayout.attributes, this.end);
  }

  get compression(): number {
    return this.#attributes & compressionMask;
  }

  get isTransactional(): boolean {
    return (this.#attributes & transactionalFlag) !== 0;
  }

  /** Holds a marker of the transaction coordinator, nothing for users. */
  get isControl(): boolean {
    return (this.#attributes & controlFlag) !== 0;
  }

  get baseTimestamp(): bigint {
    return this.#bytes.readBigInt64BE(this.#start + batchLayout.baseTimestamp);
  }

  get logAppendTime(): bigint | undefined {
    if ((this.#attributes & logAppendTimeFlag) === 0) return undefined;
    return this.#bytes.readBigInt64BE(this.#start + batchLayout.maxTimestamp);
  }

  get producerId(): bigint {
    return this.#bytes.readBigInt64BE(this.#start + batchLayout.producerId);
  }

  get count(): number {
    return this.#bytes.readInt32BE(this.#start + batchLayout.count);
  }

  /** As they are stored: perhaps compressed. */
  get records(): Buffer {
    return this.#bytes.subarray(this.#start + batchLayout.records, this.end);
  }

  get #attributes(): number {
    return this.#bytes.readInt16BE(this.#start + batchLayout.attributes);
  }
}

/** Checksum, magic, attributes, length of key and value. */
const smallestOldLength = 14;
