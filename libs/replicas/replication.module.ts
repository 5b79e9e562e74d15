import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#libs/consumers/clock.ts';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumerRegistry } from '#libs/consumers/consumer-registry.ts';
import { SystemClock } from '#libs/consumers/system-clock.ts';
import { TopicPatterns } from '#libs/consumers/topic-patterns.ts';
import { InstanceStore } from './instance-store.ts';
import { Lease } from './lease.ts';
import { Peers } from './peers.ts';
import { RedisConnection } from './redis/redis-connection.ts';
import { RedisInstanceStore } from './redis/redis-instance-store.ts';
import type { RedisSettings } from './redis/redis-settings.ts';
import { ReplicaEvents } from './replica-events.ts';
import { ReplicaNode } from './replica-node.ts';
import { ReplicaRouter } from './replica-router.ts';
import { ReplicaSettings } from './replica-settings.ts';
import { ReplicatedConsumerRegistry } from './replicated-consumer-registry.ts';

/** What replicas need besides what ConsumersModule is told. */
export interface ReplicationSettings extends ReplicaSettings {
  readonly redis: RedisSettings;
  readonly instanceTimeoutMs: number;
}

/**
 * This process among the replicas, for the whole application: it takes the place of the registry of a single process.
 *
 * Peers and ReplicaEvents are provided by others to all modules.
 */
@Module({})
export class ReplicationModule implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly redis: RedisConnection) {}

  static forRoot(settings: ReplicationSettings): DynamicModule {
    const { instanceTimeoutMs, leaseMs, redis, replicaName } = settings;
    return {
      module: ReplicationModule,
      global: true,
      providers: [
        { provide: ReplicaSettings, useValue: settings },
        { provide: Clock, useClass: SystemClock },
        {
          provide: RedisConnection,
          useFactory: (events: ReplicaEvents) => new RedisConnection(redis, events),
          inject: [ReplicaEvents],
        },
        {
          provide: InstanceStore,
          useFactory: (connection: RedisConnection) => new RedisInstanceStore(connection, redis.keyPrefix),
          inject: [RedisConnection],
        },
        {
          provide: Lease,
          useFactory: (store: InstanceStore, clock: Clock, events: ReplicaEvents) =>
            new Lease(store, clock, settings, events, () => incarnationOf(replicaName)),
          inject: [InstanceStore, Clock, ReplicaEvents],
        },
        {
          provide: ReplicatedConsumerRegistry,
          useFactory: (store: InstanceStore, lease: Lease, peers: Peers, clock: Clock) =>
            new ReplicatedConsumerRegistry(store, lease, peers, clock, { instanceTimeoutMs, leaseMs }),
          inject: [InstanceStore, Lease, Peers, Clock],
        },
        { provide: ConsumerRegistry, useExisting: ReplicatedConsumerRegistry },
        {
          provide: ReplicaNode,
          useFactory: (
            store: InstanceStore,
            lease: Lease,
            peers: Peers,
            registry: ReplicatedConsumerRegistry,
            instances: ConsumerInstances,
            patterns: TopicPatterns,
            events: ReplicaEvents,
            clock: Clock,
          ) =>
            new ReplicaNode({ store, lease, peers, registry, instances, patterns, events, clock, leaseMs }),
          inject: [
            InstanceStore,
            Lease,
            Peers,
            ReplicatedConsumerRegistry,
            ConsumerInstances,
            TopicPatterns,
            ReplicaEvents,
            Clock,
          ],
        },
        { provide: ReplicaRouter, useFactory: ({ router }: ReplicaNode) => router, inject: [ReplicaNode] },
      ],
      exports: [Lease, ConsumerRegistry, ReplicaRouter, ReplicaNode, RedisConnection],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.redis.whenUp(firstWaitMs).catch(() => undefined);
  }

  onApplicationShutdown(): void {
    this.redis.close();
  }
}

/** What a start waits for Redis; without it the proxy starts all the same. */
const firstWaitMs = 1_000;

const incarnationOf = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;
