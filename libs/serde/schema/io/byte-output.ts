/** More than may be written. */
export class OutputLimitError extends Error {
  override readonly name = 'OutputLimitError';
}

/** Bytes that are being written; used again and again. */
export class ByteOutput {
  bytes: Buffer = Buffer.allocUnsafeSlow(firstBytes);
  length = 0;
  #limit = 0;

  /** Begins anew. @param limit most bytes that may be written */
  reset(limit: number): void {
    this.length = 0;
    this.#limit = limit;
  }

  /** Makes sure of so many more bytes. @throws {OutputLimitError} */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
  }

  #grow(needed: number): void {
    if (needed > this.#limit) throw new OutputLimitError(`more than ${this.#limit} bytes`);
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** Gives back what a large datum has taken. */
  release(): void {
    if (this.bytes.length > mostKept) this.bytes = Buffer.allocUnsafeSlow(firstBytes);
  }

  /** What was written, as a copy. */
  take(): Buffer {
    const taken = Buffer.allocUnsafe(this.length);
    this.bytes.copy(taken, 0, 0, this.length);
    return taken;
  }

  /** Appends bytes from somewhere else. */
  append(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { bytes } = this;
    let { length } = this;
    if (count <= fewBytes) {
      for (let at = start; at < end; at++) bytes[length++] = source[at] ?? 0;
    } else {
      bytes.set(source.subarray(start, end), length);
      length += count;
    }
    this.length = length;
  }

  /** Appends a short text that is ready. */
  appendToken(token: Uint8Array): void {
    const count = token.length;
    this.reserve(count);
    const { bytes } = this;
    let { length } = this;
    for (let i = 0; i < count; i++) bytes[length++] = token[i] ?? 0;
    this.length = length;
  }

  appendByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }
}

const firstBytes = 16_384;
const mostKept = 1_048_576;
/** Up to here a loop is faster than a call. */
const fewBytes = 24;
