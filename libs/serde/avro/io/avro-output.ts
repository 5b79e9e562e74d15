import type { ByteOutput } from '../../schema/io/byte-output.ts';

/** Writes an int as Avro does: zigzag, seven bits a byte. */
export function writeInt(out: ByteOutput, value: number): void {
  out.reserve(5);
  const { bytes } = out;
  let { length } = out;
  let rest = (value << 1) ^ (value >> 31);
  while ((rest & ~0x7f) !== 0) {
    bytes[length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[length++] = rest;
  out.length = length;
}

/** @param value an integer of at most 2^51 either way */
export function writeLong(out: ByteOutput, value: number): void {
  if (value === value >> 0) {
    writeInt(out, value);
    return;
  }
  const zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  writeHalves(out, zigzag >>> 0, Math.floor(zigzag / 0x1_0000_0000));
}

/** @param value from -2^63 to 2^63 - 1 */
export function writeBigLong(out: ByteOutput, value: bigint): void {
  const zigzag = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  writeHalves(out, Number(zigzag & 0xffff_ffffn), Number(zigzag >> 32n));
}

/** @param low the lower 32 bits, not negative; @param high the upper */
function writeHalves(out: ByteOutput, low: number, high: number): void {
  out.reserve(10);
  const { bytes } = out;
  let { length } = out;
  let lower = low | 0;
  let upper = high | 0;
  while (upper !== 0 || (lower & ~0x7f) !== 0) {
    bytes[length++] = (lower & 0x7f) | 0x80;
    lower = (lower >>> 7) | (upper << 25);
    upper >>>= 7;
  }
  bytes[length++] = lower;
  out.length = length;
}

export function writeFloat(out: ByteOutput, value: number): void {
  out.reserve(4);
  out.length = out.bytes.writeFloatLE(value, out.length);
}

export function writeDouble(out: ByteOutput, value: number): void {
  out.reserve(8);
  out.length = out.bytes.writeDoubleLE(value, out.length);
}

/**
 * Puts the number of items in front of a block that was written behind a place for one byte, and ends the array or map.
 *
 * @param start of that place
 */
export function endBlock(out: ByteOutput, start: number, count: number): void {
  if (count === 0) {
    out.bytes[start] = 0;
    return;
  }
  const bodyStart = start + 1;
  const end = out.length;
  out.reserve(6);
  out.length = start;
  if (count < 64) {
    writeInt(out, count);
    out.length = end;
  } else {
    const size = count < 8_192 ? 2 : count < 1_048_576 ? 3 : count < 134_217_728 ? 4 : 5;
    out.bytes.copyWithin(start + size, bodyStart, end);
    writeInt(out, count);
    out.length = end + size - 1;
  }
  out.bytes[out.length++] = 0;
}
