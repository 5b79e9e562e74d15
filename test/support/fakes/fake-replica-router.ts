import { Module, type DynamicModule } from '@nestjs/common';
import { ConsumerRegistry, type ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { MemoryConsumerRegistry } from '#libs/consumers/memory/memory-consumer-registry.ts';
import { SystemClock } from '#libs/consumers/system-clock.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import type { ForwardOutcome, Serving } from '#libs/replicas/serving.ts';

type Forwarded = Awaited<ReturnType<ReplicaRouter['serveForwarded']>>;

@Module({})
class FakeReplicaRouterModule {}

/** Sends everything to where the test says, once. */
export class FakeReplicaRouter extends ReplicaRouter {
  /** Who holds the instances; undefined: they are here. */
  owner: Placement | undefined;
  /** Where to look for what turns out not to be here. */
  movedTo: Placement | undefined;
  /** What other replicas are told instead of being served. */
  refusal: { readonly holder: Placement | undefined } | undefined;
  /** Thrown instead of serving other replicas. */
  failure: Error | undefined;
  /** What another replica is told that asks for an instance. */
  holding: Placement | undefined;
  readonly outcomes: ForwardOutcome[] = [];
  readonly locally: string[] = [];
  /** Names and epochs of what other replicas have sent on. */
  readonly forwarded: (readonly [name: ConsumerInstanceName, epoch: number])[] = [];
  readonly asked: ConsumerInstanceName[] = [];
  readonly takenOver: (readonly [name: ConsumerInstanceName, epoch: number])[] = [];

  async serve(_name: ConsumerInstanceName, serving: Serving): Promise<void> {
    if (this.owner === undefined) {
      const result = await serving.here();
      this.locally.push(result);
      if (result === 'done') return;
    }
    const owner = this.owner ?? this.movedTo;
    if (owner === undefined) throw restErrors.consumerInstanceNotFound();
    const outcome = await serving.forward(owner);
    this.outcomes.push(outcome);
    if (outcome.outcome === 'not-owner' && outcome.holder === undefined) {
      throw restErrors.consumerInstanceNotFound();
    }
    if (outcome.outcome !== 'done') throw restErrors.overloaded(outcome.outcome, { retryAfterSeconds: 1 });
  }

  async serveForwarded(
    name: ConsumerInstanceName,
    epoch: number,
    here: () => Promise<'done' | 'moved'>,
  ): Promise<Forwarded> {
    this.forwarded.push([name, epoch]);
    if (this.failure !== undefined) throw this.failure;
    if (this.refusal !== undefined) return { outcome: 'not-owner', holder: this.refusal.holder };
    const result = await here();
    return result === 'done' ? { outcome: 'done' } : { outcome: 'not-owner', holder: undefined };
  }

  held(name: ConsumerInstanceName): Placement | undefined {
    this.asked.push(name);
    return this.holding;
  }

  takeOver(name: ConsumerInstanceName, epoch: number): Promise<Placement | undefined> {
    this.takenOver.push([name, epoch]);
    return Promise.resolve(this.holding);
  }

  module(): DynamicModule {
    return {
      module: FakeReplicaRouterModule,
      global: true,
      providers: [
        { provide: ReplicaRouter, useValue: this },
        { provide: ConsumerRegistry, useFactory: () => new MemoryConsumerRegistry(new SystemClock()) },
      ],
      exports: [ReplicaRouter, ConsumerRegistry],
    };
  }
}
