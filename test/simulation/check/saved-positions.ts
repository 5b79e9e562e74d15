import { consumerInstanceKey } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Place } from '../http/operations.ts';

/** Where the store says that consumers go on. */
export class SavedPositions {
  readonly #positions = new Map<string, Map<number, number>>();

  save(name: ConsumerInstanceName, { offset, partition }: Place): void {
    const key = consumerInstanceKey(name);
    const positions = this.#positions.get(key) ?? new Map<number, number>();
    this.#positions.set(key, positions);
    positions.set(partition, offset);
  }

  /** @returns the first record of an answer, in some partition, of which others do not know that all before it came */
  unknown(name: ConsumerInstanceName, records: readonly Place[]): Place | undefined {
    const positions = this.#positions.get(consumerInstanceKey(name));
    const seen = new Set<number>();
    return records.find(({ offset, partition }) => {
      if (seen.has(partition)) return false;
      seen.add(partition);
      return (positions?.get(partition) ?? -1) < offset;
    });
  }
}
