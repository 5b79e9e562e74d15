import type { ReadEvent } from './history.ts';

/** Reads that a client got whole, in the order in which they ended. */
export function receivedReads(reads: readonly ReadEvent[]): readonly ReadEvent[] {
  return reads.filter(({ outcome }) => outcome === 'received').sort((a, b) => a.endedAt - b.endedAt);
}

/** What one subscriber has got: when the read began that brought a record first. */
export class Deliveries {
  /** Records, each counted once. */
  count = 0;
  readonly #partitions: (number | undefined)[][] = [];

  add({ records, startedAt }: ReadEvent): void {
    for (const { partition, offset } of records) {
      const starts = (this.#partitions[partition] ??= []);
      const before = starts[offset];
      if (before === undefined) this.count += 1;
      if (before === undefined || startedAt < before) starts[offset] = startedAt;
    }
  }

  startOf(partition: number, offset: number): number | undefined {
    return this.#partitions[partition]?.[offset];
  }
}
