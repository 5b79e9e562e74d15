import type { ByteOutput } from '../../schema/io/byte-output.ts';

/** A piece of an output. */
export interface Chunk {
  /** What it is placed by. */
  readonly order: number;
  readonly start: number;
  readonly end: number;
}

/** Where the pieces of what is being written begin, and what they are to be placed by; of one container after another. */
export class Chunks {
  length = 0;
  #entries = new Int32Array(512);

  begin(order: number, start: number): void {
    if (this.length === this.#entries.length) {
      const grown = new Int32Array(this.#entries.length * 2);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    this.#entries[this.length++] = order;
    this.#entries[this.length++] = start;
  }

  /** Those that were begun since there were `from`, in their order. @param end where the last one ends */
  since(from: number, end: number): Chunk[] {
    const chunks: Chunk[] = [];
    for (let at = from; at < this.length; at += 2) {
      const next = at + 3 < this.length ? (this.#entries[at + 3] ?? 0) : end;
      chunks.push({ order: this.#entries[at] ?? 0, start: this.#entries[at + 1] ?? 0, end: next });
    }
    return chunks.sort((a, b) => a.order - b.order);
  }
}

/** Writes pieces of an output anew, in this order, from where the first of them was. Others are left out. */
export function rearrange(out: ByteOutput, start: number, chunks: readonly Chunk[]): void {
  const before = Buffer.from(out.bytes.subarray(start, out.length));
  out.length = start;
  for (const chunk of chunks) out.append(before, chunk.start - start, chunk.end - start);
}
