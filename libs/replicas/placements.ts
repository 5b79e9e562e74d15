import type { Clock } from '#libs/consumers/clock.ts';
import { consumerInstanceKey } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Placement } from './placement.ts';

const freshMs = 5_000;
const mostKept = 20_000;

interface Kept {
  readonly placement: Placement;
  readonly until: number;
}

/** Where instances are that others hold, for a short time; longer when nobody can be asked. */
export class Placements {
  /** What was learnt last comes last. */
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** @returns undefined when nothing is known, or it was learnt too long ago */
  fresh(name: ConsumerInstanceName): Placement | undefined {
    const kept = this.#kept.get(consumerInstanceKey(name));
    return kept !== undefined && this.clock.now() < kept.until ? kept.placement : undefined;
  }

  /** However long ago it was learnt. */
  last(name: ConsumerInstanceName): Placement | undefined {
    return this.#kept.get(consumerInstanceKey(name))?.placement;
  }

  /** An older one is passed over. */
  learn(name: ConsumerInstanceName, placement: Placement): void {
    const known = this.last(name);
    if (known !== undefined && known.epoch > placement.epoch) return;
    const key = consumerInstanceKey(name);
    this.#kept.delete(key);
    this.#kept.set(key, { placement, until: this.clock.now() + freshMs });
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
  }

  forget(name: ConsumerInstanceName): void {
    this.#kept.delete(consumerInstanceKey(name));
  }
}
