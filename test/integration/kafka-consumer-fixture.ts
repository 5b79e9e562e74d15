import { findCoordinatorV4, leaveGroupV5 } from '@platformatic/kafka';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { expect } from 'vitest';
import type { KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import type {
  KafkaConsumer,
  KafkaConsumerOptions,
  KafkaConsumers,
  PollOptions,
} from '#libs/kafka/kafka-consumer.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';
import type { ConsumerRecord, TopicPartition } from '#libs/kafka/kafka-types.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { connectionTo } from '../support/log-reader.ts';
import { uniqueName } from '../support/unique-name.ts';

/** Kafka's own defaults, but for times. */
export const consumerDefaults: ConsumerConfig = {
  autoOffsetReset: 'earliest',
  enableAutoCommit: false,
  autoCommitIntervalMs: 5_000,
  isolationLevel: 'read_uncommitted',
  sessionTimeoutMs: 6_000,
  heartbeatIntervalMs: 300,
  rebalanceTimeoutMs: 30_000,
  fetchMaxBytes: 1_048_576,
  maxPartitionFetchBytes: 1_048_576,
  fetchMaxWaitMs: 500,
  partitionAssignmentStrategy: ['range', 'cooperative-sticky'],
  maxPollRecords: undefined,
  defaultApiTimeoutMs: 10_000,
  checkCrcs: true,
};

/** Makes factories of consumers, and ends what it made. */
export interface ConsumersFactory {
  make(connection: KafkaConnectionConfig, config: ConsumerConfig): KafkaConsumers;
  close(): Promise<void>;
}

type Revocation = { readonly partitions: readonly TopicPartition[]; readonly lost: boolean };

/** A consumer, and what its group told it. */
export class Reader {
  readonly consumer: KafkaConsumer;
  readonly assignments: (readonly TopicPartition[])[] = [];
  readonly revocations: Revocation[] = [];
  /** Called while the group waits. */
  onRevoked: (partitions: readonly TopicPartition[], lost: boolean) => Promise<void> = () =>
    Promise.resolve();

  constructor(consumers: KafkaConsumers, options: Partial<KafkaConsumerOptions> = {}) {
    const { sessionTimeoutMs, rebalanceTimeoutMs, heartbeatIntervalMs } = consumerDefaults;
    const { fetchMaxBytes, maxPartitionFetchBytes, partitionAssignmentStrategy } = consumerDefaults;
    this.consumer = consumers.create(
      {
        groupId: uniqueName('group'),
        groupInstanceId: uniqueName('instance'),
        autoOffsetReset: 'earliest',
        isolationLevel: 'read_uncommitted',
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        heartbeatIntervalMs,
        fetchMaxBytes,
        maxPartitionFetchBytes,
        partitionAssignmentStrategy,
        ...options,
      },
      {
        onAssigned: (partitions) => void this.assignments.push(partitions),
        onRevoked: (partitions, lost) => {
          this.revocations.push({ partitions, lost });
          return this.onRevoked(partitions, lost);
        },
      },
    );
  }

  get partitions(): string[] {
    return this.consumer
      .assignment()
      .map(({ topic, partition }) => `${topic}-${partition}`)
      .sort();
  }

  poll(timeoutMs: number, more: Partial<PollOptions> = {}): Promise<readonly ConsumerRecord[]> {
    return this.consumer.poll({ timeoutMs, maxBytes: 64_000_000, minBytes: 1, ...more });
  }

  /** Polls until there are `count` records. */
  async take(count: number, timeoutMs = 20_000): Promise<ConsumerRecord[]> {
    const records: ConsumerRecord[] = [];
    const deadline = performance.now() + timeoutMs;
    while (records.length < count) {
      if (performance.now() > deadline)
        throw new Error(`${records.length} of ${count} records after ${timeoutMs} ms`);
      records.push(...(await this.poll(500)));
    }
    return records;
  }

  /** Waits until the group has given it so many partitions. */
  async has(count: number, timeoutMs = 20_000): Promise<void> {
    await expect
      .poll(() => this.consumer.assignment().length, { timeout: timeoutMs, interval: 20 })
      .toBe(count);
  }

  /** The error of the first poll that has one. */
  async fails(timeoutMs = 10_000): Promise<KafkaError> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      try {
        await this.poll(200);
      } catch (error) {
        if (error instanceof KafkaError) return error;
        throw error;
      }
    }
    throw new Error(`no error after ${timeoutMs} ms`);
  }
}

/** Writes records with kafkajs. */
export class Writer {
  readonly kafka: Kafka;
  readonly #producers: Producer[] = [];
  #plain: Promise<Producer> | undefined;

  constructor(bootstrapServers: string) {
    this.kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  }

  /** One record a value, to one partition, in one batch. */
  async write(topic: string, partition: number, values: readonly (string | Buffer | null)[]): Promise<void> {
    this.#plain ??= this.#connect(this.kafka.producer());
    await (await this.#plain).send({ topic, messages: values.map((value) => ({ partition, value })) });
  }

  transactional(transactionalId: string): Promise<Producer> {
    return this.#connect(this.kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.disconnect()));
  }

  async #connect(producer: Producer): Promise<Producer> {
    this.#producers.push(producer);
    await producer.connect();
    return producer;
  }
}

/** Throws a member out of its group, behind its back. */
export async function evict(bootstrapServers: string, groupId: string, memberId: string): Promise<void> {
  const connections = new Connections(connectionTo(bootstrapServers));
  const metadata = new ClusterMetadata(connections);
  try {
    const broker = await metadata.anyBroker();
    const [at] = (await broker.call([findCoordinatorV4.api], 0, [groupId])).coordinators;
    if (at === undefined) throw new Error(`${groupId} has no coordinator`);
    const coordinator = await connections.shared(at, 'test');
    const answer = await coordinator.call([leaveGroupV5.api], groupId, [{ memberId }]);
    expect(answer.members.map(({ errorCode }) => errorCode)).toEqual([0]);
  } finally {
    metadata.close();
    connections.close();
  }
}

export function textOf(records: readonly ConsumerRecord[]): (string | undefined)[] {
  return records.map(({ value }) => value?.toString());
}

export function offsetsOf(records: readonly ConsumerRecord[]): number[] {
  return records.map(({ offset }) => Number(offset));
}

/** `from`, …, `to` - 1 as texts. */
export function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => String(from + i));
}
