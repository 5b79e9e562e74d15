import { headBytes } from './frames.ts';

/** Finds the frames in what comes from a connection. */
export class FrameReader {
  #kept: Buffer[] = [];
  #length = 0;
  /** Nothing can be done with fewer bytes. */
  #wanted = headBytes;

  /** @param longest bytes of a payload */
  constructor(private readonly longest: number) {}

  /**
   * @param hear gets every frame that is complete now; its payload is a view of what came
   * @throws {RangeError} a frame is too long
   */
  push(chunk: Buffer, hear: (kind: number, exchange: number, payload: Buffer) => void): void {
    const bytes = this.#with(chunk);
    if (bytes === undefined) return;
    let at = 0;
    this.#wanted = headBytes;
    while (bytes.length - at >= headBytes) {
      const length = bytes.readUInt32BE(at);
      if (length > this.longest) throw new RangeError(`A frame of ${length} bytes is too long`);
      const end = at + headBytes + length;
      if (end > bytes.length) {
        this.#wanted = end - at;
        break;
      }
      hear(bytes.readUInt8(at + 4), bytes.readUInt32BE(at + 5), bytes.subarray(at + headBytes, end));
      at = end;
    }
    if (at === bytes.length) return;
    this.#kept = [bytes.subarray(at)];
    this.#length = bytes.length - at;
  }

  /** All that was kept and this; undefined as long as it is not enough. */
  #with(chunk: Buffer): Buffer | undefined {
    if (this.#length === 0) return chunk;
    this.#kept.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return undefined;
    const bytes = Buffer.concat(this.#kept, this.#length);
    this.#kept = [];
    this.#length = 0;
    return bytes;
  }
}
