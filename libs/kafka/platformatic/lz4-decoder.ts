/**
 * Decodes LZ4 frames, as Kafka uses them, into at most `maxBytes`.
 *
 * Checksums are not read: the CRC of the record batch covers the whole frame.
 * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md.
 *
 * @throws {RangeError} when the data are not a whole frame, or decode to more than `maxBytes`
 */
export function decodeLz4(data: Buffer, maxBytes: number): Buffer {
  const output = new Output(maxBytes);
  let at = 0;
  while (at < data.length) at = decodeFrame(data, at, output);
  return output.bytes();
}

const frameMagic = 0x184d2204;
const uncompressedFlag = 0x80000000;

/** What is decoded so far; blocks may copy from all of it. */
class Output {
  buffer = Buffer.allocUnsafe(0);
  length = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Makes room for `bytes` more where the limit lets it; decoding past the room is an error. */
  reserve(bytes: number): void {
    const needed = Math.min(this.length + bytes, this.#maxBytes);
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.min(Math.max(needed, this.buffer.length * 2), this.#maxBytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }

  bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

function decodeFrame(data: Buffer, start: number, output: Output): number {
  if (data.length - start < 7 || data.readUInt32LE(start) !== frameMagic)
    throw new RangeError('no LZ4 frame');
  const flags = data.readUInt8(start + 4);
  if (flags >> 6 !== 1) throw new RangeError('unknown version of the LZ4 frame format');
  const blockMaxBytes = 1 << (8 + 2 * ((data.readUInt8(start + 5) >> 4) & 7));
  const blockChecksumBytes = flags & 0x10 ? 4 : 0;
  let at = start + 6;
  if (flags & 0x08) {
    const contentBytes = Number(data.readBigUInt64LE(at));
    // Only a hint: what lies cannot make us allocate more than the data could decode to.
    output.reserve(Math.min(contentBytes, data.length * 255));
    at += 8;
  }
  if (flags & 0x01) throw new RangeError('LZ4 frames with a dictionary are not supported');
  at += 1; // checksum of the header
  for (;;) {
    const head = data.readUInt32LE(at);
    at += 4;
    if (head === 0) break;
    const bytes = head & ~uncompressedFlag;
    if (at + bytes > data.length) throw new RangeError('LZ4 frame ends early');
    if (head >= uncompressedFlag) {
      output.reserve(bytes);
      if (output.length + bytes > output.buffer.length) throw tooLarge();
      output.length += data.copy(output.buffer, output.length, at, at + bytes);
    } else {
      output.reserve(Math.min(blockMaxBytes, bytes * 255));
      decodeBlock(data, at, at + bytes, output);
    }
    at += bytes + blockChecksumBytes;
  }
  return at + (flags & 0x04 ? 4 : 0);
}

function decodeBlock(data: Buffer, start: number, end: number, output: Output): void {
  const out = output.buffer;
  const room = out.length;
  let from = start;
  let to = output.length;
  while (from < end) {
    const token = data[from++] ?? 0;
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        more = data[from++] ?? 0;
        literals += more;
      } while (more === 255 && from < end);
    }
    if (from + literals > end) throw new RangeError('LZ4 block ends early');
    if (to + literals > room) throw tooLarge();
    if (literals > 32) {
      data.copy(out, to, from, from + literals);
      to += literals;
      from += literals;
    } else {
      for (const stop = from + literals; from < stop;) out[to++] = data[from++] ?? 0;
    }
    if (from >= end) break;

    const offset = (data[from] ?? 0) | ((data[from + 1] ?? 0) << 8);
    from += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        more = data[from++] ?? 0;
        length += more;
      } while (more === 255 && from < end);
    }
    if (offset === 0 || offset > to) throw new RangeError('LZ4 block points before its start');
    if (to + length > room) throw tooLarge();
    if (offset >= length && length > 32) {
      out.copyWithin(to, to - offset, to - offset + length);
      to += length;
    } else {
      for (const stop = to + length; to < stop; to++) out[to] = out[to - offset] ?? 0;
    }
  }
  output.length = to;
}

function tooLarge(): RangeError {
  return new RangeError('decoded data are larger than allowed');
}
