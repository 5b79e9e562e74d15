import type { Place } from '../http/operations.ts';

/** Knows with which answer a client has got each record, and finds those that come again. */
export class Repetitions {
  /** By partition and offset: when the answer came that has brought it last. */
  readonly #answers: readonly Map<number, number>[];

  constructor(partitions: number) {
    this.#answers = Array.from({ length: partitions }, () => new Map<number, number>());
  }

  /** The client goes back by itself: what comes from there is no repetition. */
  forget(partition: number, from: number): void {
    const answers = this.#answers[partition];
    for (const offset of answers?.keys() ?? []) if (offset >= from) answers?.delete(offset);
  }

  /** @returns when the answers had come of which something comes again with this one */
  take(records: readonly Place[], now: number): readonly number[] {
    const repeated = new Set<number>();
    for (const { offset, partition } of records) {
      const answers = this.#answers[partition];
      const before = answers?.get(offset);
      if (before !== undefined) repeated.add(before);
      answers?.set(offset, now);
    }
    return [...repeated];
  }
}
