import { Logger } from '@nestjs/common';
import type { Clock } from '#libs/consumers/clock.ts';
import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { within } from '#libs/consumers/within.ts';
import { Adoptions, type PatternSource } from './adoptions.ts';
import { HeldCheck } from './held-check.ts';
import type { InstanceStore } from './instance-store.ts';
import type { Lease, LeaseListener } from './lease.ts';
import { OrphanSweeper } from './orphan-sweeper.ts';
import { takenOverByAnother, type Peers } from './peers.ts';
import { Placements } from './placements.ts';
import { ProtocolRouter } from './protocol-router.ts';
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
const handedOverAtATime = 32;
const savedAtATime = 32;
/** What is left after `drain` gets so much time to be saved. */
const lastSavesMs = 3_000;

/** This process among the replicas: from its first lease until everything that it holds is in other hands. */
export class ReplicaNode implements LeaseListener, RegistryListener {
  readonly router: ReplicaRouter;
  readonly #logger = new Logger('Replicas');
  readonly #placements: Placements;
  readonly #sweeper: OrphanSweeper;
  readonly #check: HeldCheck;

  constructor(private readonly parts: ReplicaParts) {
    const { clock, events, instances, lease, leaseMs, patterns, peers, registry, store } = parts;
    const placements = new Placements(clock);
    const adoptions = new Adoptions(registry, instances, patterns, lease, { events, clock });
    this.#placements = placements;
    this.#sweeper = new OrphanSweeper(store, lease, adoptions, peers);
    this.#check = new HeldCheck(store, lease, registry, instances);
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
   *
   * @param limitMs what has not begun to go by then is served here until `end`
   */
  async drain(limitMs = Infinity): Promise<void> {
    const { clock, events, instances, lease } = this.parts;
    const startedAt = clock.now();
    await lease.drain();
    const held = instances.held();
    await forEachOf(held, handedOverAtATime, async ({ name }) => {
      if (lease.storeAnswers && clock.now() - startedAt < limitMs)
        await this.#handOver(name, (epoch) => this.#pass(name, epoch));
    });
    events.drained(clock.now() - startedAt, held.length);
    if (held.length === 0) return;
    this.#logger.log(
      lease.takers.length > 0
        ? `Handed ${held.length} consumer instances over`
        : `Left ${held.length} consumer instances to the next replica that starts`,
    );
  }

  /** Gives the lease back, and with it what is still held; after `drain`, and when no more requests come. Never rejects. */
  async end(): Promise<void> {
    const { clock, instances, lease } = this.parts;
    const saved = forEachOf(instances.held(), savedAtATime, ({ name }) => this.#handOver(name));
    await within(clock, lastSavesMs, saved);
    await lease.end();
  }

  renewedAnew(): void {
    const { instances, registry } = this.parts;
    const held = instances.held();
    for (const { epoch, name } of held) registry.doubt(name, epoch);
    void forEachOf(held, savedAtATime, ({ epoch, name, state }) => registry.persist(name, epoch, state));
  }

  renewed(): void {
    void this.#tidy(async () => {
      await this.parts.registry.cleanUp();
      await this.#sweeper.sweep();
    });
    void this.#tidy(() => this.#check.renewed());
  }

  lost(name: ConsumerInstanceName, epoch: number, by: FencedBy): void {
    const { events, instances } = this.parts;
    events.fenced(by);
    this.#placements.forget(name);
    if (instances.epochOf(name) === epoch && instances.isServed(name)) instances.evict(name);
  }

  async #tidy(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The next renewal tries again.
      if (!(error instanceof StoreUnavailableError)) this.#logger.error({ err: error }, 'The sweep failed');
    }
  }

  /** @param pass makes another replica go on with it; without it, it is left to whoever comes. Never rejects. */
  async #handOver(name: ConsumerInstanceName, pass?: (epoch: number) => Promise<void>): Promise<void> {
    const { instances, registry } = this.parts;
    try {
      await instances.handOver(name, async (epoch, state) => {
        await registry.persist(name, epoch, () => state);
        registry.forget(name, epoch);
        await pass?.(epoch);
      });
    } catch (error) {
      this.#logger.warn(
        `Consumer instance ${name.id} of group ${name.group} was not handed over: ${String(error)}`,
      );
    }
  }

  async #pass(name: ConsumerInstanceName, epoch: number): Promise<void> {
    const { lease, peers } = this.parts;
    const placement = await takenOverByAnother(name, epoch, peers, lease);
    if (placement !== undefined) this.#placements.learn(name, placement);
  }
}
