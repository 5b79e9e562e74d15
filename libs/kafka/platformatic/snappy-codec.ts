import { compressionsAlgorithms } from '@platformatic/kafka';

/**
 * Snappy as Kafka's Java clients speak it: raw blocks in the framing of the xerial library.
 *
 * Sources: https://github.com/google/snappy/blob/main/format_description.txt,
 * https://github.com/xerial/snappy-java (SnappyOutputStream).
 */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeader = Buffer.concat([xerialMagic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
const xerialBlockBytes = 32 * 1024;

export function encodeSnappy(data: Buffer): Buffer {
  const parts: Buffer[] = [xerialHeader];
  for (let at = 0; at < data.length; at += xerialBlockBytes) {
    const block = compressionsAlgorithms.snappy.compressSync(data.subarray(at, at + xerialBlockBytes));
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/**
 * Decodes raw blocks, framed or not, into at most `maxBytes`.
 *
 * @throws {RangeError} when the data are broken, or decode to more than `maxBytes`
 */
export function decodeSnappy(data: Buffer, maxBytes: number): Buffer {
  if (!data.subarray(0, xerialMagic.length).equals(xerialMagic)) {
    return decodeBlock(data, maxBytes);
  }
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = xerialHeader.length; at < data.length;) {
    const bytes = data.readUInt32BE(at);
    at += 4;
    if (at + bytes > data.length) throw new RangeError('snappy data end early');
    const block = decodeBlock(data.subarray(at, at + bytes), left);
    left -= block.length;
    blocks.push(block);
    at += bytes;
  }
  return blocks.length === 1 && blocks[0] !== undefined ? blocks[0] : Buffer.concat(blocks);
}

function decodeBlock(data: Buffer, maxBytes: number): Buffer {
  let from = 0;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = data[from++];
    if (byte === undefined || shift > 28) throw new RangeError('snappy block without a length');
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  // An element of two or three bytes writes at most 64: what lies about its size is not believed.
  if (size > maxBytes) throw new RangeError('decoded data are larger than allowed');
  if (size > data.length * 64) throw new RangeError('snappy block ends early');
  const out = Buffer.allocUnsafe(size);
  let to = 0;
  while (from < data.length) {
    const tag = data[from++] ?? 0;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        if (from + bytes > data.length) throw new RangeError('snappy block ends early');
        length = data.readUIntLE(from, bytes) + 1;
        from += bytes;
      }
      if (from + length > data.length || to + length > size) throw new RangeError('snappy block ends early');
      to += data.copy(out, to, from, from + length);
      from += length;
      continue;
    }
    let length = (tag >> 2) + 1;
    let offset: number;
    if (kind === 1) {
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | (data[from++] ?? 0);
    } else if (kind === 2) {
      offset = (data[from] ?? 0) | ((data[from + 1] ?? 0) << 8);
      from += 2;
    } else {
      if (from + 4 > data.length) throw new RangeError('snappy block ends early');
      offset = data.readUInt32LE(from);
      from += 4;
    }
    if (offset === 0 || offset > to || to + length > size) throw new RangeError('snappy block is broken');
    if (offset >= length && length > 32) {
      out.copyWithin(to, to - offset, to - offset + length);
      to += length;
    } else {
      for (const stop = to + length; to < stop; to++) out[to] = out[to - offset] ?? 0;
    }
  }
  if (to !== size) throw new RangeError('snappy block ends early');
  return out;
}
