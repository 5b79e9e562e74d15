import { Logger } from '@nestjs/common';
import type { Clock } from '#libs/consumers/clock.ts';
import { consumerInstanceKey } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { TopicPattern } from '#libs/consumers/topic-pattern.ts';
import type { Lease } from './lease.ts';
import type { Placement } from './placement.ts';
import type { ReplicaEvents } from './replica-events.ts';
import type { ReplicatedConsumerRegistry } from './replicated-consumer-registry.ts';

/** Makes patterns of their sources. */
export interface PatternSource {
  /** @throws {Error} when it cannot be used */
  of(source: string): Promise<TopicPattern>;
}

export type AdoptionOutcome =
  /** It is held here now. */
  | { readonly outcome: 'held' }
  | { readonly outcome: 'elsewhere'; readonly placement: Placement }
  | { readonly outcome: 'missing' }
  /** This replica takes nothing over now, or cannot read what a newer one has written. */
  | { readonly outcome: 'refused' };

/** Takes instances over: first in the store, then from Kafka. */
export class Adoptions {
  readonly #logger = new Logger('Replicas');
  readonly #running = new Map<string, Promise<AdoptionOutcome>>();

  constructor(
    private readonly registry: ReplicatedConsumerRegistry,
    private readonly instances: ConsumerInstances,
    private readonly patterns: PatternSource,
    private readonly lease: Lease,
    private readonly observers: { readonly events: ReplicaEvents; readonly clock: Clock },
  ) {}

  /** Whether it is held here already. */
  isHeld(name: ConsumerInstanceName): boolean {
    return this.instances.epochOf(name) !== undefined;
  }

  /** One that is under way. */
  running(name: ConsumerInstanceName): Promise<AdoptionOutcome> | undefined {
    return this.#running.get(consumerInstanceKey(name));
  }

  /**
   * Takes over an instance that has this epoch; whoever else asks meanwhile shares the outcome.
   *
   * Kafka is not waited for: the group is joined in the background, and reads wait for that.
   *
   * @param kind `steal` when its owner may be alive
   * @throws {StoreUnavailableError} it may be ours in the store then, and will be taken over when it is asked for next
   * @throws {RestError} when its format cannot be read here
   */
  adopt(
    name: ConsumerInstanceName,
    epoch: number,
    kind: 'adopt' | 'steal' = 'adopt',
  ): Promise<AdoptionOutcome> {
    const key = consumerInstanceKey(name);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const adoption = this.#adopt(name, epoch, kind).finally(() => this.#running.delete(key));
    this.#running.set(key, adoption);
    return adoption;
  }

  async #adopt(name: ConsumerInstanceName, epoch: number, kind: 'adopt' | 'steal'): Promise<AdoptionOutcome> {
    // What is being made, removed or handed over here has another epoch soon.
    await this.instances.settling(name);
    if (this.lease.isDraining || !this.lease.isValid || this.registry.isRemoved(name, epoch))
      return { outcome: 'refused' };
    if ((this.instances.epochOf(name) ?? -1) >= epoch) return { outcome: 'held' };
    const { clock, events } = this.observers;
    const startedAt = clock.now();
    const adopted = await this.registry.adopt(name, epoch);
    if (adopted.outcome === 'moved') return { outcome: 'elsewhere', placement: adopted.placement };
    if (adopted.outcome === 'missing') return adopted;
    if (adopted.outcome === 'too-new') {
      this.#logger.warn(`Consumer instance ${name.id} was written by a newer version (${adopted.version})`);
      return { outcome: 'refused' };
    }
    const { idleMs, kept } = adopted;
    const { source } = kept.state;
    try {
      const pattern = source.kind === 'pattern' ? await this.patterns.of(source.pattern) : undefined;
      this.instances.adopt(kept.options, adopted.epoch, kept.state, pattern, idleMs);
    } catch (error) {
      this.registry.forget(name, adopted.epoch);
      throw error;
    }
    events.routed(kind);
    events.adopted(clock.now() - startedAt);
    this.#logger.log(`Consumer instance ${name.id} of group ${name.group} was taken over (${kind})`);
    return { outcome: 'held' };
  }
}
