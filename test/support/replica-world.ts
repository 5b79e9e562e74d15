import type { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import { ConsumerInstances, type NewConsumerInstance } from '#libs/consumers/consumer-instances.ts';
import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { TopicPattern } from '#libs/consumers/topic-pattern.ts';
import { Lease } from '#libs/replicas/lease.ts';
import { MemoryInstanceStore } from '#libs/replicas/memory/memory-instance-store.ts';
import { PeerUnavailableError } from '#libs/replicas/peer-unavailable.error.ts';
import { Peers } from '#libs/replicas/peers.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import { ReplicaNode } from '#libs/replicas/replica-node.ts';
import { ReplicatedConsumerRegistry } from '#libs/replicas/replicated-consumer-registry.ts';
import type { ForwardOutcome, Serving } from '#libs/replicas/serving.ts';
import { JsonSerde } from '#libs/serde/json/json-serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import { consumerConfig } from './consumer-instance-bench.ts';
import { FaultyInstanceStore } from './fakes/faulty-instance-store.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryKafkaConsumers } from './fakes/memory-kafka-consumers.ts';
import { MemoryKafka } from './fakes/memory-kafka.ts';
import { RecordingReplicaEvents } from './fakes/recording-replica-events.ts';

export const leaseMs = 6_000;
export const renewMs = 2_000;
export const instanceTimeoutMs = 300_000;
export const c1: ConsumerInstanceName = { group: 'g1', id: 'c1' };

/** Replicas in one process, on one store, one Kafka and one clock. */
export class ReplicaWorld {
  readonly clock = new ManualClock();
  readonly store = new MemoryInstanceStore(this.clock, () => 1_000_000 + this.clock.now());
  readonly kafka = new MemoryKafka().topic('t1', 2);
  readonly replicas = new Map<string, WorldReplica>();
  /** Addresses that nobody reaches. */
  readonly unreachable = new Set<string>();

  async start(name: string): Promise<WorldReplica> {
    const replica = new WorldReplica(this, name);
    this.replicas.set(replica.address, replica);
    await replica.node.start();
    return replica;
  }

  /** So many that know of each other. */
  async startAll(...names: readonly string[]): Promise<WorldReplica[]> {
    const replicas = [];
    for (const name of names) replicas.push(await this.start(name));
    await this.clock.advance(renewMs);
    return replicas;
  }

  /** As kill -9. */
  kill({ address, store }: WorldReplica): void {
    this.unreachable.add(address);
    store.fails = 'before';
  }

  /** @throws {PeerUnavailableError} */
  at(address: string): WorldReplica {
    const replica = this.replicas.get(address);
    if (replica === undefined || this.unreachable.has(address)) throw new PeerUnavailableError(address);
    return replica;
  }
}

/** One of the replicas, without HTTP. */
export class WorldReplica {
  readonly address: string;
  readonly store: FaultyInstanceStore;
  readonly events = new RecordingReplicaEvents();
  readonly lease: Lease;
  readonly consumers: MemoryKafkaConsumers;
  readonly registry: ReplicatedConsumerRegistry;
  readonly instances: ConsumerInstances;
  readonly node: ReplicaNode;
  #starts = 0;

  constructor(
    readonly world: ReplicaWorld,
    readonly name: string,
  ) {
    const { clock, kafka } = world;
    this.address = `http://${name}:8083`;
    this.store = new FaultyInstanceStore(world.store);
    const { address, events, store } = this;
    const settings = { replicaName: name, address, leaseMs, renewMs };
    this.lease = new Lease(store, clock, settings, events, () => `${name}-${++this.#starts}`);
    this.consumers = new MemoryKafkaConsumers(kafka, clock);
    const peers = new WorldPeers(world);
    this.registry = new ReplicatedConsumerRegistry(store, this.lease, peers, clock, {
      instanceTimeoutMs,
      leaseMs,
    });
    this.instances = new ConsumerInstances(
      {
        serverId: '',
        requestTimeoutMs: 1_000,
        requestMaxBytes: 1_000_000,
        instanceTimeoutMs,
        fetchMinBytes: undefined,
        maxInstances: 1_000,
        maxInstancesPerGroup: 1_000,
        consumer: consumerConfig,
      },
      this.consumers,
      new Serdes([new JsonSerde()]),
      this.registry,
      clock,
    );
    this.node = new ReplicaNode({
      store,
      peers,
      lease: this.lease,
      registry: this.registry,
      instances: this.instances,
      patterns: { of: (source) => Promise.resolve(new TopicPattern(source)) },
      events,
      clock,
      leaseMs,
    });
  }

  async create(id = 'c1', requestId?: string): Promise<ConsumerInstance> {
    const request: NewConsumerInstance = {
      group: 'g1',
      id,
      format: 'json',
      autoOffsetReset: 'earliest',
      autoCommit: false,
    };
    await this.instances.create(request, requestId);
    return this.instances.find('g1', id);
  }

  holds(name = c1): boolean {
    return this.instances.isServed(name);
  }

  /** A client's request that does `work` wherever the instance is. */
  async request(
    work: (instance: ConsumerInstance) => unknown = () => undefined,
    name = c1,
  ): Promise<WorldRequest> {
    const request = new WorldRequest(this, name, work);
    await this.node.router.serve(name, request);
    return request;
  }

  /** @returns whether the instance was here */
  async run(
    name: ConsumerInstanceName,
    work: (instance: ConsumerInstance) => unknown,
  ): Promise<'done' | 'moved'> {
    try {
      await work(this.instances.find(name.group, name.id));
      return 'done';
    } catch (error) {
      if (error instanceof ConsumerInstanceMovedError) return 'moved';
      throw error;
    }
  }
}

/** A request on its way. */
export class WorldRequest implements Serving {
  readonly gone = new AbortController();
  /** Where it went, in order. */
  readonly path: string[] = [];
  /** What becomes of the next forwards instead. */
  readonly outcomes: ForwardOutcome[] = [];

  constructor(
    private readonly edge: WorldReplica,
    private readonly name: ConsumerInstanceName,
    private readonly work: (instance: ConsumerInstance) => unknown,
  ) {}

  get signal(): AbortSignal {
    return this.gone.signal;
  }

  here(): Promise<'done' | 'moved'> {
    this.path.push(this.edge.name);
    return this.edge.run(this.name, this.work);
  }

  async forward(to: Placement): Promise<ForwardOutcome> {
    const outcome = this.outcomes.shift();
    this.path.push(`to ${to.incarnation}`);
    if (outcome !== undefined) return outcome;
    try {
      const owner = this.edge.world.at(to.address);
      return await owner.node.router.serveForwarded(this.name, to.epoch, () =>
        owner.run(this.name, this.work),
      );
    } catch (error) {
      if (error instanceof PeerUnavailableError) return { outcome: 'unreachable' };
      throw error;
    }
  }
}

class WorldPeers extends Peers {
  constructor(private readonly world: ReplicaWorld) {
    super();
  }

  async ask(address: string, name: ConsumerInstanceName): Promise<Placement | undefined> {
    await Promise.resolve();
    return this.world.at(address).node.router.held(name);
  }

  async takeOver(address: string, name: ConsumerInstanceName, epoch: number): Promise<Placement | undefined> {
    await Promise.resolve();
    return this.world.at(address).node.router.takeOver(name, epoch);
  }
}
