import { DeserializationError } from '../../serde.ts';
import { deepest, DELIMITED, END_GROUP, FIXED32, FIXED64, START_GROUP, VARINT } from './wire-types.ts';

/** Reads protobuf's binary form. Every method throws DeserializationError where the bytes end or are none. */
export class WireInput {
  data: Buffer = Buffer.alloc(0);
  at = 0;
  /** Where the message that is being read ends. */
  end = 0;
  /** How many messages are around what is read. */
  depth = 0;
  /** Whether the order of fields is no longer taken for that of their numbers; see OutOfOrderError. */
  careful = false;
  /** The lower half of the number read last, from 0. */
  low = 0;
  /** Its upper half, from 0; only of what `varint` and `fixed64` read. */
  high = 0;

  reset(data: Buffer, start: number): void {
    this.data = data;
    this.at = start;
    this.end = data.length;
    this.depth = 0;
    this.careful = false;
  }

  enter(): void {
    this.depth++;
    if (this.depth > deepest) throw new DeserializationError(`The messages nest deeper than ${deepest}`);
  }

  /** The tag of the next field, from 8 to 2^32 - 1. */
  tag(): number {
    const { at } = this;
    const first = this.data[at] ?? 0;
    if (first < 0x80 && at < this.end) {
      this.at = at + 1;
      if (first >= 8) return first;
    } else {
      this.varint();
      if (this.high === 0 && this.low >= 8) return this.low;
    }
    throw new DeserializationError(`There is no field of such a number (byte ${at})`);
  }

  /** Into `low` and `high`. */
  varint(): void {
    const { data, end } = this;
    let { at } = this;
    if (at >= end) throw this.ended();
    let byte = data[at++] ?? 0;
    let low = byte & 0x7f;
    let high = 0;
    if (byte >= 0x80) {
      let shift = 7;
      for (;;) {
        if (at >= end) throw this.ended();
        byte = data[at++] ?? 0;
        const bits = byte & 0x7f;
        if (shift < 28) low |= bits << shift;
        else if (shift === 28) {
          low |= bits << 28;
          high = bits >>> 4;
        } else if (shift < 64) high |= bits << (shift - 32);
        else throw new DeserializationError(`A number is too long (byte ${at - 1})`);
        if (byte < 0x80) break;
        shift += 7;
      }
    }
    this.at = at;
    this.low = low >>> 0;
    this.high = high >>> 0;
  }

  fixed32(): number {
    this.require(4);
    const value = this.data.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  /** Into `low` and `high`. */
  fixed64(): void {
    this.require(8);
    this.low = this.data.readUInt32LE(this.at);
    this.high = this.data.readUInt32LE(this.at + 4);
    this.at += 8;
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

  /** The length of a string, bytes or a message, all of which are there. */
  size(): number {
    const first = this.data[this.at] ?? 0;
    if (first < 0x80 && this.at < this.end) {
      this.at++;
      if (first > this.end - this.at) throw this.ended();
      return first;
    }
    this.varint();
    if (this.high !== 0 || this.low > this.end - this.at) throw this.ended();
    return this.low;
  }

  require(count: number): void {
    if (count > this.end - this.at) throw this.ended();
  }

  /** Passes over the value of a field. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint();
        return;
      case FIXED64:
        this.require(8);
        this.at += 8;
        return;
      case DELIMITED: {
        const size = this.size();
        this.at += size;
        return;
      }
      case START_GROUP:
        this.skipGroup(tag);
        return;
      case FIXED32:
        this.require(4);
        this.at += 4;
        return;
      default:
        throw new DeserializationError(`A field has no known type (before byte ${this.at})`);
    }
  }

  /** Passes over the fields of a group and its end. @returns where its end begins */
  skipGroup(tag: number): number {
    const open = [tag];
    for (;;) {
      const start = this.at;
      const next = this.tag();
      if ((next & 7) === START_GROUP) {
        open.push(next);
        if (open.length > deepest) throw new DeserializationError(`Groups nest deeper than ${deepest}`);
      } else if ((next & 7) !== END_GROUP) {
        this.skip(next);
      } else {
        const opening = open.pop() ?? 0;
        if (next !== opening + 1)
          throw new DeserializationError(`A group ends that is not open (byte ${start})`);
        if (open.length === 0) return start;
      }
    }
  }

  /** Passes over these bytes if they come next. */
  take(tag: Uint8Array): boolean {
    const { data, at } = this;
    const count = tag.length;
    if (count > this.end - at) return false;
    for (let i = 0; i < count; i++) {
      if (data[at + i] !== tag[i]) return false;
    }
    this.at = at + count;
    return true;
  }

  ended(): DeserializationError {
    const what = this.end === this.data.length ? 'The data end' : 'A message ends';
    return new DeserializationError(`${what} too early (after byte ${this.end})`);
  }
}
