import { ByteOutput } from '../../schema/io/byte-output.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { Chunks } from './chunks.ts';
import { deepest } from './wire-types.ts';

/** Writes protobuf's binary form. */
export class WireOutput extends ByteOutput {
  /** The fields of the messages that are being written. */
  readonly chunks = new Chunks();
  #depth = 0;

  override reset(limit: number): void {
    super.reset(limit);
    this.chunks.length = 0;
    this.#depth = 0;
  }

  /** A message begins. @throws {DataMismatchError} where no reader would follow */
  enter(): void {
    this.#depth++;
    if (this.#depth > deepest) throw new DataMismatchError('', `messages nest deeper than ${deepest}`);
  }

  leave(): void {
    this.#depth--;
  }

  /** @param value as 32 bits without a sign */
  varint32(value: number): void {
    this.reserve(5);
    const { bytes } = this;
    let { length } = this;
    let rest = value;
    while ((rest & ~0x7f) !== 0) {
      bytes[length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[length++] = rest;
    this.length = length;
  }

  /** @param low the lower 32 bits; @param high the upper */
  varint64(low: number, high: number): void {
    this.reserve(10);
    const { bytes } = this;
    let { length } = this;
    let lower = low | 0;
    let upper = high | 0;
    while (upper !== 0 || (lower & ~0x7f) !== 0) {
      bytes[length++] = (lower & 0x7f) | 0x80;
      lower = (lower >>> 7) | (upper << 25);
      upper >>>= 7;
    }
    bytes[length++] = lower;
    this.length = length;
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeInt32LE(value | 0, this.length);
  }

  fixed64(low: number, high: number): void {
    this.fixed32(low);
    this.fixed32(high);
  }

  float(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeFloatLE(value, this.length);
  }

  double(value: number): void {
    this.reserve(8);
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  /** Leaves room for a length of less than 128. @returns where */
  beginSized(): number {
    this.appendByte(0);
    return this.length;
  }

  /** Puts the length in front of what was written since `beginSized`. */
  endSized(start: number): void {
    const size = this.length - start;
    if (size < 0x80) {
      this.bytes[start - 1] = size;
      return;
    }
    const extra = size < 0x4000 ? 1 : size < 0x20_0000 ? 2 : size < 0x1000_0000 ? 3 : 4;
    this.reserve(extra);
    this.bytes.copyWithin(start + extra, start, start + size);
    this.length = start - 1;
    this.varint32(size);
    this.length = start + extra + size;
  }

  /** Whether what was written from `start` on is one zero: a number, or nothing behind its length. */
  isZero(start: number): boolean {
    const { bytes, length } = this;
    for (let at = start; at < length; at++) {
      if (bytes[at] !== 0) return false;
    }
    return true;
  }
}
