import { Logger } from '@nestjs/common';
import type { Clock } from '#libs/consumers/clock.ts';
import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { Adoptions, type PatternSource } from './adoptions.ts';
import type { InstanceStore } from './instance-store.ts';
import type { Lease, LeaseListener } from './lease.ts';
import { OrphanSweeper } from './orphan-sweeper.ts';
import { PeerUnavailableError } from './peer-unavailable.error.ts';
import type { Peers } from './peers.ts';
import { Placements } from './placements.ts';
import { ProtocolRouter } from './protocol-router.ts';
import { byRendezvous } from './rendezvous.ts';
import type { FencedBy, ReplicaEvents } from './replica-events.ts';
import type { ReplicaRouter } from './replica-router.ts';
import type { RegistryListener, ReplicatedConsumerRegistry } from './replicated-consumer-registry.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';
import { forEachOf } from './within.ts';

/** What a replica is made of. */
export interface ReplicaParts {
  readonly store: InstanceStore;
  readonly peers: Peers;
  readonly lease: Lease;
  readonly registry: ReplicatedConsumerRegistry;
  readonly instances: ConsumerInstances;
  readonly patterns: PatternSource;
  readonly events: ReplicaEvents;
  readonly clock: Clock;
  readonly leaseMs: number;
}

/** Beyond the lease a request may look for its instance for so long. */
const routeSlackMs = 4_000;
const handedOverAtATime = 8;
const mostTakersTried = 2;

/** This process among the replicas: from its first lease until everything that it holds is in other hands. */
export class ReplicaNode implements LeaseListener, RegistryListener {
  readonly router: ReplicaRouter;
  readonly #logger = new Logger('Replicas');
  readonly #placements: Placements;
  readonly #sweeper: OrphanSweeper;

  constructor(private readonly parts: ReplicaParts) {
    const { clock, events, instances, lease, leaseMs, patterns, peers, registry, store } = parts;
    const placements = new Placements(clock);
    const adoptions = new Adoptions(registry, instances, patterns, lease, { events, clock });
    this.#placements = placements;
    this.#sweeper = new OrphanSweeper(store, lease, adoptions);
    const routeLimitMs = leaseMs + routeSlackMs;
    this.router = new ProtocolRouter({
      store,
      peers,
      lease,
      instances,
      registry,
      adoptions,
      placements,
      events,
      clock,
      routeLimitMs,
    });
    registry.listen(this);
  }

  /** Resolves after the first try to write the lease. Never rejects: a store that is away is tried again. */
  async start(): Promise<void> {
    await this.parts.lease.start(this);
  }

  /**
   * Hands everything over to other replicas. Requests are still routed afterwards.
   *
   * Where nobody can take an instance over it stays in the store, and the next replica that starts takes it. The groups
   * are told nothing in either case. Never rejects.
   */
  async drain(): Promise<void> {
    const { clock, events, instances, lease } = this.parts;
    const startedAt = clock.now();
    await lease.drain();
    const held = instances.held();
    await forEachOf(held, handedOverAtATime, ({ name }) => this.#handOver(name));
    events.drained(clock.now() - startedAt, held.length);
    if (held.length > 0) this.#logger.log(`Handed ${held.length} consumer instances over`);
  }

  /** Gives the lease back; after `drain`. Never rejects. */
  async end(): Promise<void> {
    await this.parts.lease.end();
  }

  renewedAnew(): void {
    const { instances, registry } = this.parts;
    for (const { epoch, name, state } of instances.held()) registry.restore(name, epoch, state);
  }

  renewed(): void {
    void this.#tidy();
  }

  lost(name: ConsumerInstanceName, epoch: number, by: FencedBy): void {
    const { events, instances } = this.parts;
    events.fenced(by);
    this.#placements.forget(name);
    if (instances.epochOf(name) === epoch && instances.isServed(name)) instances.evict(name);
  }

  async #tidy(): Promise<void> {
    try {
      await this.parts.registry.cleanUp();
      await this.#sweeper.sweep();
    } catch (error) {
      // The next renewal tries again.
      if (!(error instanceof StoreUnavailableError)) this.#logger.error({ err: error }, 'The sweep failed');
    }
  }

  async #handOver(name: ConsumerInstanceName): Promise<void> {
    const { instances, registry } = this.parts;
    try {
      await instances.handOver(name, async (epoch, state) => {
        await registry.persist(name, epoch, () => state);
        registry.forget(name, epoch);
        await this.#pass(name, epoch);
      });
    } catch (error) {
      this.#logger.warn(
        `Consumer instance ${name.id} of group ${name.group} was not handed over: ${String(error)}`,
      );
    }
  }

  async #pass(name: ConsumerInstanceName, epoch: number): Promise<void> {
    const { lease, peers } = this.parts;
    for (const { address } of byRendezvous(name, lease.takers).slice(0, mostTakersTried)) {
      try {
        const placement = await peers.takeOver(address, name, epoch);
        if (placement === undefined) continue;
        this.#placements.learn(name, placement);
        return;
      } catch (error) {
        if (!(error instanceof PeerUnavailableError)) throw error;
      }
    }
  }
}
