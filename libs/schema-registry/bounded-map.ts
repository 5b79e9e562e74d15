interface Entry<V> {
  readonly value: V;
  readonly weight: number;
  readonly until: number;
}

/** How much a bounded map may hold. */
export interface Bounds {
  readonly maxEntries: number;
  /** Sum of the weights of all entries; no limit when absent. */
  readonly maxWeight?: number;
}

/** A map that drops what was not used for longest when it is full, and what is too old. */
export class BoundedMap<K, V> {
  readonly #bounds: Bounds;
  readonly #now: () => number;
  readonly #entries = new Map<K, Entry<V>>();
  #weight = 0;

  /** @param now the clock by which entries age, in ms */
  constructor(bounds: Bounds, now: () => number = () => 0) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.until <= this.#now()) {
      this.delete(key);
      return undefined;
    }
    // The order of a Map is that of insertion: the first is the one to go.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** @param options.ttlMs how long it may be given; for ever when absent */
  set(key: K, value: V, { weight = 1, ttlMs = Infinity }: { weight?: number; ttlMs?: number } = {}): void {
    const { maxEntries, maxWeight = Infinity } = this.#bounds;
    this.delete(key);
    if (weight > maxWeight) return;
    this.#entries.set(key, { value, weight, until: this.#now() + ttlMs });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#weight <= maxWeight) break;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
