import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findCoordinatorV4 } from '@platformatic/kafka';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { KafkaProducer } from '#libs/kafka/kafka-producer.ts';
import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticConsumers } from '#libs/kafka/platformatic/consumer/platformatic-consumers.ts';
import { PlatformaticProducer } from '#libs/kafka/platformatic/producer/platformatic-producer.ts';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { consumerDefaults, Reader } from '../integration/kafka-consumer-fixture.ts';
import { producerDefaults } from '../integration/port-kafka-producer.contract.ts';
import { connectionTo } from '../support/log-reader.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const partitions = 6;

let kafka: KafkaCluster;
let connections: Connections;
let metadata: ClusterMetadata;
let consumers: PlatformaticConsumers;
let producer: PlatformaticProducer;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  kafka = await startKafka({ brokers: 3 });
  connections = new Connections(connectionTo(kafka.bootstrapServers));
  metadata = new ClusterMetadata(connections);
  metadata.start();
  consumers = new PlatformaticConsumers(connections, metadata, consumerDefaults);
  producer = new PlatformaticProducer(connections, metadata, {
    ...producerDefaults,
    deliveryTimeoutMs: 60_000,
  });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

afterAll(async () => {
  await producer.close();
  consumers.close();
  metadata.close();
  connections.close();
  await kafka.stop();
});

/** Writes to all partitions, one record after another, until told to stop; remembers what was acknowledged. */
class Load {
  readonly acknowledged: { readonly partition: number; readonly offset: bigint; readonly at: number }[] = [];
  readonly #end = new AbortController();
  readonly #callers: Promise<void>[];

  constructor(through: KafkaProducer, topic: string) {
    this.#callers = Array.from({ length: partitions }, (_, partition) =>
      this.#run(through, topic, partition),
    );
    running.push(this);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#callers);
  }

  async #run(through: KafkaProducer, topic: string, partition: number): Promise<void> {
    for (let i = 0; !this.#end.signal.aborted; i++) {
      const record = { topic, partition, key: null, value: Buffer.from(`${partition} ${i}`) };
      const [result] = await through.send([record]);
      if (result?.error === undefined && result !== undefined)
        this.acknowledged.push({ partition, offset: result.offset, at: performance.now() });
      await sleep(10);
    }
  }
}

/** Reads, and commits after each poll when it is in a group. */
class Reading {
  readonly reader: Reader;
  readonly seen = Array.from({ length: partitions }, () => [] as bigint[]);
  /** When each record came first. */
  readonly #cameAt = Array.from({ length: partitions }, () => new Map<bigint, number>());
  readonly lastAt = Array.from({ length: partitions }, () => performance.now());
  readonly errors: KafkaError[] = [];
  readonly #topic: string;
  readonly #isMember: boolean;
  readonly #end = new AbortController();
  readonly #loop: Promise<void>;
  #busy = Promise.resolve();

  constructor(topic: string, groupId: string | undefined, strategy: string) {
    this.#topic = topic;
    this.#isMember = groupId !== undefined;
    this.reader = new Reader(consumers, {
      ...(groupId === undefined ? {} : { groupId }),
      partitionAssignmentStrategy: [strategy],
      sessionTimeoutMs: 20_000,
    });
    this.reader.onRevoked = () => this.#busy;
    if (groupId === undefined) {
      this.reader.consumer.assign(this.seen.map((_, partition) => ({ topic, partition })));
    } else {
      this.reader.consumer.subscribe([topic]);
    }
    this.#loop = this.#run();
    running.push(this);
  }

  has(partition: number, offset: bigint): boolean {
    return this.cameAt(partition, offset) !== undefined;
  }

  cameAt(partition: number, offset: bigint): number | undefined {
    return this.#cameAt[partition]?.get(offset);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#loop;
    await this.reader.consumer.close({ leave: true });
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        const records = await this.reader.poll(1_000);
        for (const { partition, offset } of records) this.#note(partition, offset);
        if (!this.#isMember || records.length === 0) continue;
        this.#busy = this.#commit(records).catch((error: unknown) => this.#failed(error));
        await this.#busy;
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  #note(partition: number, offset: bigint): void {
    const now = performance.now();
    this.lastAt[partition] = now;
    const came = this.#cameAt[partition];
    if (came?.has(offset) === false) came.set(offset, now);
    this.seen[partition]?.push(offset);
  }

  #commit(records: readonly ConsumerRecord[]): Promise<void> {
    const next = new Map(records.map((r) => [r.partition, r.offset + 1n]));
    const offsets = [...next].map(([partition, offset]) => ({
      topic: this.#topic,
      partition,
      offset,
      metadata: null,
    }));
    return this.reader.consumer.commit(offsets, 20_000);
  }

  #failed(error: unknown): void {
    if (!(error instanceof KafkaError)) throw error;
    this.errors.push(error);
  }
}

async function coordinatorOf(groupId: string): Promise<number> {
  const broker = await metadata.anyBroker();
  const answer = await broker.call([findCoordinatorV4.api], 0, [groupId]);
  return answer.coordinators[0]?.nodeId ?? -1;
}

describe('PlatformaticConsumers on three brokers', () => {
  it.each([
    [
      'a broker that is shut down and comes back',
      async (id: number, reads: () => Promise<void>): Promise<void> => {
        await kafka.broker(id).stop();
        await reads();
        await kafka.broker(id).start();
        await kafka.ready(3);
      },
    ],
    [
      'a broker that is killed and comes back',
      async (id: number, reads: () => Promise<void>): Promise<void> => {
        await kafka.broker(id).kill();
        await reads();
        await kafka.broker(id).start();
        await kafka.ready(3);
      },
    ],
    [
      'a broker that freezes and wakes up',
      async (id: number, reads: () => Promise<void>): Promise<void> => {
        kafka.broker(id).pause();
        await reads();
        kafka.broker(id).resume();
        await kafka.ready(3);
      },
    ],
  ])(
    'lose, repeat and reorder nothing through %s, be it leader or coordinator',
    async (_, hurt) => {
      const topic = await createTopic(kafka.bootstrapServers, uniqueName('consumer'), { partitions });
      const groupId = uniqueName('group');
      const eagerId = uniqueName('group');
      const load = new Load(producer, topic);
      const byHand = new Reading(topic, undefined, 'range');
      const members = [1, 2].map(() => new Reading(topic, groupId, 'cooperative-sticky'));
      const eager = [1, 2].map(() => new Reading(topic, eagerId, 'range'));
      /** Resolves when everybody has read something that was written from now on, of every partition. */
      const reads = async (): Promise<void> => {
        const from = performance.now() + 200;
        await expect
          .poll(
            () => ({
              byHand: byHand.lastAt.every((at) => at > from),
              members: members[0]?.lastAt.every((at, p) => Math.max(at, members[1]?.lastAt[p] ?? 0) > from),
              eager: eager[0]?.lastAt.every((at, p) => Math.max(at, eager[1]?.lastAt[p] ?? 0) > from),
            }),
            { timeout: 40_000, interval: 50 },
          )
          .toEqual({ byHand: true, members: true, eager: true });
      };
      await Promise.all(members.map((one) => one.reader.has(partitions / 2)));
      await Promise.all(eager.map((one) => one.reader.has(partitions / 2)));
      await reads();
      const revoked = (): number =>
        [...members, ...eager].reduce((sum, one) => sum + one.reader.revocations.length, 0);
      const before = revoked();

      await hurt(await coordinatorOf(groupId), reads);
      await reads();
      await load.stop();
      const isComplete = (readers: readonly Reading[]): boolean =>
        load.acknowledged.every(({ partition, offset }) => readers.some((one) => one.has(partition, offset)));
      await expect
        .poll(() => [[byHand], members, eager].map(isComplete), { timeout: 30_000, interval: 200 })
        .toEqual([true, true, true]);

      expect(load.acknowledged.length).toBeGreaterThan(100);
      for (const offsets of byHand.seen)
        expect(offsets).toEqual(Array.from({ length: offsets.length }, (__, i) => BigInt(i)));
      for (const one of [...members, ...eager]) {
        for (const offsets of one.seen) expect(offsets).toEqual([...new Set(offsets)]);
      }
      // Nobody was thrown out: a coordinator that moves is no rebalance.
      expect(revoked()).toBe(before);
      expect([byHand, ...members, ...eager].flatMap((one) => one.errors.map(({ kind }) => kind))).toEqual([]);
      const longestMs = (readers: readonly Reading[]): number =>
        Math.max(
          ...load.acknowledged.map(
            ({ partition, offset, at }) =>
              Math.min(...readers.map((one) => one.cameAt(partition, offset) ?? Infinity)) - at,
          ),
        );
      for (const readers of [[byHand], members, eager]) expect(longestMs(readers)).toBeLessThan(15_000);
    },
    180_000,
  );
});
