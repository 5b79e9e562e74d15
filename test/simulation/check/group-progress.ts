import type { Place } from '../http/operations.ts';

/** Offsets of one partition; what lies below a gap is found quickly. */
class Offsets {
  readonly #offsets = new Set<number>();
  #firstMissing = 0;

  add(offset: number): void {
    this.#offsets.add(offset);
    while (this.#offsets.has(this.#firstMissing)) this.#firstMissing++;
  }

  has(offset: number): boolean {
    return this.#offsets.has(offset);
  }

  get firstMissing(): number {
    return this.#firstMissing;
  }
}

/** What the clients of one group have got, and what was said of it. */
export class GroupProgress {
  readonly #handed: readonly Offsets[];
  readonly #received: readonly Offsets[];
  /** Received, or not and nobody could know. */
  readonly #settled: readonly Offsets[];
  readonly #excused: readonly Offsets[];
  readonly #committed: number[];

  constructor(partitions: number) {
    const offsets = (): Offsets[] => Array.from({ length: partitions }, () => new Offsets());
    this.#handed = offsets();
    this.#received = offsets();
    this.#settled = offsets();
    this.#excused = offsets();
    this.#committed = Array.from({ length: partitions }, () => 0);
  }

  hand(records: readonly Place[]): void {
    for (const { offset, partition } of records) this.#handed[partition]?.add(offset);
  }

  receive(records: readonly Place[]): void {
    for (const { offset, partition } of records) {
      this.#received[partition]?.add(offset);
      this.#settled[partition]?.add(offset);
    }
  }

  excuse(records: readonly Place[]): void {
    for (const { offset, partition } of records) {
      this.#settled[partition]?.add(offset);
      this.#excused[partition]?.add(offset);
    }
  }

  /** @returns the first offset below that was handed to nobody */
  commit(partition: number, offset: number): number | undefined {
    this.#committed[partition] = Math.max(this.#committed[partition] ?? 0, offset);
    return this.missingBelow(partition, offset);
  }

  missingBelow(partition: number, offset: number): number | undefined {
    const missing = this.#handed[partition]?.firstMissing ?? 0;
    return missing < offset ? missing : undefined;
  }

  hasReceived({ offset, partition }: Place): boolean {
    return this.#received[partition]?.has(offset) ?? false;
  }

  /** It may be missing, because its client hung up. */
  isExcused({ offset, partition }: Place): boolean {
    return this.#excused[partition]?.has(offset) ?? false;
  }

  /** Records below the ends that no client has got. @param ends offset after the last record, by partition */
  lost(ends: readonly number[]): readonly Place[] {
    return ends.flatMap((end, partition) => {
      const offset = this.#settled[partition]?.firstMissing ?? 0;
      return offset < end ? [{ partition, offset }] : [];
    });
  }

  /** Records below what was committed that no client has got. */
  passed(): readonly Place[] {
    return this.lost(this.#committed);
  }
}
