import type { InstanceStore } from '#libs/replicas/instance-store.ts';
import { MemoryInstanceStore } from '#libs/replicas/memory/memory-instance-store.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { SimulatedProcess, type Host } from '../engine/simulated-process.ts';
import { VirtualClock } from '../engine/virtual-clock.ts';

/** Some time of a calendar at which every simulation begins. */
const epochMs = 1_700_000_000_000;
const longestLagMs = 400;

/** The store's server: it may forget all, or hand over to a replica of its own that has not got the last writes. */
export class StoreServer implements Host {
  readonly name = 'store';
  readonly process = new SimulatedProcess('store');
  #primary: MemoryInstanceStore;
  #secondary: MemoryInstanceStore | undefined;
  /** What is on its way to the secondary is not part of a later one. */
  #term = 0;
  /** Calendar of the secondary while it is none but that: of the write which it repeats. */
  #writtenAt = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    hasSecondary: boolean,
  ) {
    const clock = new VirtualClock(scheduler);
    this.#primary = new MemoryInstanceStore(clock, () => epochMs + scheduler.now);
    if (hasSecondary) this.#secondary = new MemoryInstanceStore(clock, () => epochMs + this.#secondaryTime);
  }

  get store(): InstanceStore {
    return this.#primary;
  }

  async serve<T>(request: (store: InstanceStore) => Promise<T>): Promise<T> {
    const { random, scheduler } = this;
    const term = this.#term;
    const at = scheduler.now;
    const secondary = this.#secondary;
    if (secondary !== undefined) {
      // A little later than the one before: what happens at the same time happens in any order.
      this.#lagUntil = Math.max(this.#lagUntil + 0.001, at + random.between(0, longestLagMs));
      scheduler.after(this.#lagUntil - at, () => {
        if (term !== this.#term) return;
        this.#writtenAt = at;
        void request(secondary);
      });
    }
    return request(this.#primary);
  }

  get #secondaryTime(): number {
    return this.#secondary === undefined ? this.scheduler.now : this.#writtenAt;
  }

  flush(): void {
    this.#primary.flush();
    this.#secondary?.flush();
  }

  /** The last writes are lost. Without a secondary: nothing happens. */
  failOver(): void {
    if (this.#secondary === undefined) return;
    this.#term += 1;
    this.#primary = this.#secondary;
    this.#secondary = undefined;
  }

  /** Writes reach the secondary in their order. */
  #lagUntil = 0;
}
