import type { ConsumerInstances, HeldConsumerInstance } from '#libs/consumers/consumer-instances.ts';
import type { InstanceStore } from './instance-store.ts';
import type { Lease } from './lease.ts';
import type { ReplicatedConsumerRegistry } from './replicated-consumer-registry.ts';
import { forEachOf } from './within.ts';

/** Every this many renewals of the lease. */
const everyRenewals = 3;
const atATime = 8;
/** In one look round; the next goes on behind them. */
const mostAsked = 300;

/**
 * Compares what is held here with the store, slowly. Who lost an instance that is no member of a group hears of it from
 * nobody else, unless there is something to save: Kafka fences members only.
 */
export class HeldCheck {
  #renewals = 0;
  #next = 0;
  #isRunning = false;

  constructor(
    private readonly store: InstanceStore,
    private readonly lease: Lease,
    private readonly registry: ReplicatedConsumerRegistry,
    private readonly instances: ConsumerInstances,
  ) {}

  /** The lease was renewed. Rejects as the store does. */
  async renewed(): Promise<void> {
    if (++this.#renewals % everyRenewals !== 0 || this.#isRunning) return;
    this.#isRunning = true;
    try {
      await forEachOf(this.#some(), atATime, (held) => this.#check(held));
    } finally {
      this.#isRunning = false;
    }
  }

  /** Those whose turn it is. */
  #some(): readonly HeldConsumerInstance[] {
    const held = this.instances.held();
    const some: HeldConsumerInstance[] = [];
    const from = this.#next < held.length ? this.#next : 0;
    let at = from;
    for (; at < held.length && some.length < mostAsked; at++) {
      const one = held[at];
      if (one !== undefined && isUnguarded(one)) some.push(one);
    }
    this.#next = at;
    return some;
  }

  async #check({ epoch, name, state }: HeldConsumerInstance): Promise<void> {
    const { instances, lease, registry, store } = this;
    const found = await store.look(name);
    if (instances.epochOf(name) !== epoch || !instances.isServed(name)) return;
    if (found.outcome === 'found' && found.placement.epoch === epoch) {
      const { incarnation } = found.placement;
      if (incarnation === lease.replica.incarnation || lease.formerly.includes(incarnation)) return;
    }
    // The store decides, by compare-and-set: it takes it back, or the instance is dropped here.
    registry.doubt(name, epoch);
    await registry.persist(name, epoch, state);
  }
}

function isUnguarded({ state }: HeldConsumerInstance): boolean {
  const { kind } = state().source;
  return kind === 'assigned' || kind === 'none';
}
