/**
 * Reads Kafka's types out of a buffer, one after the other.
 *
 * @throws {RangeError} where the buffer ends too early
 */
export class ByteReader {
  position: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  get remaining(): number {
    return this.#bytes.length - this.position;
  }

  int8(): number {
    const value = this.#bytes.readInt8(this.position);
    this.position += 1;
    return value;
  }

  int16(): number {
    const value = this.#bytes.readInt16BE(this.position);
    this.position += 2;
    return value;
  }

  int32(): number {
    const value = this.#bytes.readInt32BE(this.position);
    this.position += 4;
    return value;
  }

  int64(): bigint {
    const value = this.#bytes.readBigInt64BE(this.position);
    this.position += 8;
    return value;
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.position++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('A variable-length integer has more than five bytes.');
  }

  /** The length of an array with a four-byte count; null counts as empty. Bounded by what can be there. */
  count(): number {
    return this.#bounded(Math.max(0, this.int32()));
  }

  /** The length of a compact array; null counts as empty. */
  compactCount(): number {
    return this.#bounded(Math.max(0, this.unsignedVarint() - 1));
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.take(length).toString('utf8');
  }

  compactString(): string {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? '' : this.take(length).toString('utf8');
  }

  nullableBytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.take(length);
  }

  compactNullableBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1;
    return length < 0 ? null : this.take(length);
  }

  /** A view, not a copy. */
  take(length: number): Buffer {
    if (length > this.remaining) throw new RangeError('The data ends too early.');
    const start = this.position;
    this.position += length;
    return this.#bytes.subarray(start, this.position);
  }

  skipTaggedFields(): void {
    this.taggedFields(() => {});
  }

  /** Calls `read` for each tagged field; what it leaves unread is skipped. */
  taggedFields(read: (tag: number) => void): void {
    const count = this.unsignedVarint();
    for (let i = 0; i < count; i++) {
      const tag = this.unsignedVarint();
      const end = this.unsignedVarint() + this.position;
      if (end > this.#bytes.length) throw new RangeError('The data ends too early.');
      read(tag);
      this.position = end;
    }
  }

  #bounded(count: number): number {
    if (count > this.remaining) throw new RangeError('An array has more elements than there are bytes.');
    return count;
  }
}
