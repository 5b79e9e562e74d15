import { DeserializationError } from '../../serde.ts';

/** Reads Avro's binary form. Every method throws DeserializationError where the bytes end or are no datum. */
export class AvroInput {
  data: Buffer = Buffer.alloc(0);
  at = 0;
  /** How many records, arrays and maps are around what is read. */
  depth = 0;
  /** The last long, where `long` says that it is too large for a number. */
  bigLong = 0n;

  reset(data: Buffer, start: number): void {
    this.data = data;
    this.at = start;
    this.depth = 0;
  }

  /** A datum within another begins. Recursive schemas nest as deep as the data say. */
  enter(): void {
    this.depth++;
    if (this.depth > maxDepth) throw new DeserializationError(`The data nest deeper than ${maxDepth}`);
  }

  byte(): number {
    if (this.at >= this.data.length) throw this.#ended();
    return this.data[this.at++] ?? 0;
  }

  /** An int, or the index of a branch or a symbol. */
  int(): number {
    const first = this.byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = first & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift === 28 && byte > 0x0f) break;
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new DeserializationError(`An int is too long (byte ${this.at - 1})`);
  }

  /** @returns NaN when it is beyond 2^53 either way: then it is in `bigLong` */
  long(): number {
    const first = this.byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let low = first & 0x7f;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else if (bits <= 1) high |= bits << 31;
      else break;
      if (byte < 0x80) return this.#long(low >>> 0, high >>> 0);
    }
    throw new DeserializationError(`A long is too long (byte ${this.at - 1})`);
  }

  #long(low: number, high: number): number {
    if (high < 0x0020_0000) {
      const zigzag = high * 0x1_0000_0000 + low;
      return (low & 1) === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    }
    const zigzag = (BigInt(high) << 32n) | BigInt(low);
    this.bigLong = (zigzag >> 1n) ^ -(zigzag & 1n);
    return NaN;
  }

  /** The length of a string or of bytes, all of which are there. */
  size(): number {
    const size = this.long();
    if (size >= 0 && size <= this.data.length - this.at) return size;
    throw size >= 0 ? this.#ended() : new DeserializationError(`A length is wrong: ${this.#shown(size)}`);
  }

  /** How many items a block has; 0 ends it. */
  blockCount(): number {
    let count = this.long();
    if (count < 0) {
      count = -count;
      this.long();
    }
    if (Number.isNaN(count)) throw new DeserializationError(`A count is wrong: ${this.bigLong}`);
    return count;
  }

  float(): number {
    this.require(4);
    const value = this.data.readFloatLE(this.at);
    this.at += 4;
    return value;
  }

  double(): number {
    this.require(8);
    const value = this.data.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  require(count: number): void {
    if (count > this.data.length - this.at) throw this.#ended();
  }

  #shown(size: number): string {
    return Number.isNaN(size) ? String(this.bigLong) : String(size);
  }

  #ended(): DeserializationError {
    return new DeserializationError(`The data end too early (after ${this.data.length} bytes)`);
  }
}

const maxDepth = 1_000;
