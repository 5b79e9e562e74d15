/**
 * Java's partitioning: a key goes to the partition that the Java client would choose, records without one stick to a
 * partition for a while.
 *
 * Sources: org.apache.kafka.common.utils.Utils.murmur2, BuiltInPartitioner (KIP-480, KIP-794).
 */

const seed = 0x9747b28c | 0;
const m = 0x5bd1e995;

/** The 32-bit hash (signed) by which Kafka's Java clients spread keys. */
export function murmur2(data: Uint8Array): number {
  const length = data.length;
  let h = seed ^ length;
  let at = 0;
  for (const end = length - 3; at < end; at += 4) {
    let k =
      (data[at] ?? 0) |
      ((data[at + 1] ?? 0) << 8) |
      ((data[at + 2] ?? 0) << 16) |
      ((data[at + 3] ?? 0) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    h = Math.imul(h, m) ^ Math.imul(k, m);
  }
  const rest = length & 3;
  if (rest === 3) h ^= (data[at + 2] ?? 0) << 16;
  if (rest >= 2) h ^= (data[at + 1] ?? 0) << 8;
  if (rest >= 1) h = Math.imul(h ^ (data[at] ?? 0), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

/** The partition of a key among `count`, whether it has a leader or not. */
export function partitionOfKey(key: Uint8Array, count: number): number {
  return (murmur2(key) & 0x7fffffff) % count;
}

/**
 * Chooses partitions for records without a key: one partition until so many bytes went there, then another.
 *
 * Sticking makes batches large. Of two candidates taken at random the one with less to do is next, so that a slow
 * partition gets less.
 */
export class StickyPartitioner {
  readonly #switchBytes: number;
  readonly #random: () => number;
  #current = -1;
  #bytesLeft = 0;

  /** @param random 0 to 1, as Math.random */
  constructor(switchBytes: number, random: () => number = Math.random) {
    this.#switchBytes = switchBytes;
    this.#random = random;
  }

  /**
   * @param bytes size of the record
   * @param candidates partitions to choose from, not empty
   * @param loadOf bytes that wait for a partition
   */
  next(bytes: number, candidates: readonly number[], loadOf: (partition: number) => number): number {
    if (this.#bytesLeft <= 0) {
      this.#current = this.#choose(candidates, loadOf);
      this.#bytesLeft = this.#switchBytes;
    }
    this.#bytesLeft -= bytes;
    return this.#current;
  }

  /** Makes the next record go elsewhere if it would go to this partition. */
  leave(partition: number): void {
    if (this.#current === partition) this.#bytesLeft = 0;
  }

  #choose(candidates: readonly number[], loadOf: (partition: number) => number): number {
    const count = candidates.length;
    let first = Math.floor(this.#random() * count);
    if (count > 1 && candidates[first] === this.#current) first = (first + 1) % count;
    const one = candidates[first] ?? 0;
    if (count < 3) return one;
    const other = candidates[(first + 1 + Math.floor(this.#random() * (count - 1))) % count] ?? 0;
    return other !== this.#current && loadOf(other) < loadOf(one) ? other : one;
  }
}
