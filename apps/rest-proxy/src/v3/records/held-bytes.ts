import type { ServerState } from '../../http/server-state.ts';

interface Portion {
  records: number;
  readonly bytes: number;
}

/** What a stream holds of its body, counted against what the whole proxy may hold, until its records are answered. */
export class HeldBytes {
  /** Of records that are not answered. */
  assigned = 0;
  /** Of records that are not complete or not handed over. */
  #read = 0;
  readonly #portions: Portion[] = [];

  constructor(private readonly server: Pick<ServerState, 'tryReserve' | 'release'>) {}

  /** @returns false when there is no room */
  tryHold(bytes: number): boolean {
    if (!this.server.tryReserve(bytes)) return false;
    this.#read += bytes;
    return true;
  }

  /** What was read, but for the last `unfinished` bytes, is of so many records. */
  assign(records: number, unfinished: number): void {
    const bytes = Math.max(0, this.#read - unfinished);
    this.#read -= bytes;
    if (records === 0) {
      this.server.release(bytes);
      return;
    }
    this.#portions.push({ records, bytes });
    this.assigned += bytes;
  }

  /** The next so many records are answered. */
  done(records: number): void {
    let left = records;
    for (let first = this.#portions[0]; left > 0 && first !== undefined; first = this.#portions[0]) {
      if (first.records > left) {
        first.records -= left;
        return;
      }
      left -= first.records;
      this.assigned -= first.bytes;
      this.server.release(first.bytes);
      this.#portions.shift();
    }
  }

  releaseAll(): void {
    this.server.release(this.assigned + this.#read);
    this.assigned = 0;
    this.#read = 0;
    this.#portions.length = 0;
  }
}
