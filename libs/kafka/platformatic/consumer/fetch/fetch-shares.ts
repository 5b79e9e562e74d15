/** What all consumers of the process may hold of records that were fetched and not yet polled. */
const totalBytes = 256 * 1024 * 1024;
/** Enough for a batch of small records; a larger batch comes whole all the same. */
const leastBytes = 64 * 1024;
/** A fetch holds its own bytes and those of the next one. */
const fetchesHeld = 2;

/** Divides memory among the consumers that are being read, so that thousands of them fetch less each. */
export class FetchShares {
  #readers = 0;

  /** A share for one consumer; it counts from `use` to `rest`. */
  share(): FetchShare {
    let isUsed = false;
    return {
      use: () => {
        if (!isUsed) this.#readers++;
        isUsed = true;
      },
      rest: () => {
        if (isUsed) this.#readers--;
        isUsed = false;
      },
      bytes: () => Math.max(leastBytes, Math.floor(totalBytes / fetchesHeld / Math.max(1, this.#readers))),
      mayFetchAhead: () => this.#readers * leastBytes * fetchesHeld < totalBytes,
    };
  }
}

export interface FetchShare {
  /** The consumer is being read. */
  use(): void;
  /** It holds nothing any more, and nobody reads it. */
  rest(): void;
  /** Most bytes of one fetch now. */
  bytes(): number;
  /** Whether to fetch what nobody has asked for yet. */
  mayFetchAhead(): boolean;
}
