import type { ConsumerInstanceListener } from '#libs/consumers/consumer-instance-listener.ts';
import { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import { ConsumerCounts } from '#libs/consumers/consumer-counts.ts';
import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import type { Delivery } from '#libs/consumers/delivery.ts';
import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';
import { JsonSerde } from '#libs/serde/json/json-serde.ts';
import type { Serde } from '#libs/serde/serde.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import type { MemoryKafkaConsumer } from './fakes/memory-kafka-consumer.ts';
import { MemoryKafkaConsumers } from './fakes/memory-kafka-consumers.ts';
import { MemoryKafka } from './fakes/memory-kafka.ts';

export const consumerConfig: ConsumerConfig = {
  autoOffsetReset: 'latest',
  enableAutoCommit: true,
  autoCommitIntervalMs: 5_000,
  isolationLevel: 'read_uncommitted',
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3_000,
  rebalanceTimeoutMs: 300_000,
  fetchMaxBytes: 1_048_576,
  maxPartitionFetchBytes: 1_048_576,
  fetchMaxWaitMs: 500,
  partitionAssignmentStrategy: ['range'],
  maxPollRecords: undefined,
  defaultApiTimeoutMs: 60_000,
  checkCrcs: true,
};

export const everything = 2 ** 26;

/** One consumer instance on a Kafka in memory, with time in the test's hand. */
export class ConsumerInstanceBench implements ConsumerInstanceListener<ConsumerInstance> {
  readonly clock = new ManualClock();
  readonly kafka = new MemoryKafka().topic('t1', 3);
  readonly consumers = new MemoryKafkaConsumers(this.kafka, this.clock);
  readonly instance: ConsumerInstance;
  readonly counts = new ConsumerCounts();
  readonly failures: unknown[] = [];
  readonly fencedInstances: ConsumerInstance[] = [];
  changes = 0;
  persists = 0;
  /** What the instance waits for before it answers. */
  saved: Promise<void> | undefined;

  constructor(
    options: Partial<ConsumerInstanceOptions> = {},
    config: Partial<ConsumerConfig> = {},
    serde: Serde = new JsonSerde(),
  ) {
    this.instance = new ConsumerInstance(
      {
        group: 'g1',
        id: 'c1',
        format: 'json',
        autoOffsetReset: 'earliest',
        autoCommit: false,
        fetchMinBytes: undefined,
        requestTimeoutMs: 1_000,
        ...options,
      },
      {
        consumers: this.consumers,
        serde,
        clock: this.clock,
        config: { ...consumerConfig, ...config },
        counts: this.counts,
      },
      this,
    );
  }

  get consumer(): MemoryKafkaConsumer {
    const [consumer] = this.consumers.created;
    if (consumer === undefined) throw new Error('no consumer was made');
    return consumer;
  }

  /** Appends values, each a JSON text, to t1-0 unless said otherwise. */
  produce(values: readonly string[], partition = 0): void {
    this.kafka.produce('t1', partition, ...values.map((value) => ({ value })));
  }

  read(timeoutMs = 1_000, maxBytes = everything, signal?: AbortSignal): Promise<Delivery> {
    return this.instance.read({ timeoutMs, maxBytes, ...(signal === undefined ? {} : { signal }) });
  }

  changed(): void {
    this.changes += 1;
  }

  persist(): Promise<void> {
    this.persists += 1;
    return Promise.resolve();
  }

  saving(): Promise<void> | undefined {
    return this.saved;
  }

  fenced(instance: ConsumerInstance): void {
    this.fencedInstances.push(instance);
  }

  commitFailed(_instance: ConsumerInstance, error: unknown): void {
    this.failures.push(error);
  }
}

/** What a delivery holds, as `topic-partition@offset=value`. */
export function contents(delivery: Delivery): string[] {
  return delivery.records.map(
    ({ topic, partition, offset }, index) =>
      `${topic}-${partition}@${offset}=${String(delivery.values[index] ?? null)}`,
  );
}
