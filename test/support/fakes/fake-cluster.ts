import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type {
  ConsumerRecord,
  OffsetAndMetadata,
  ProducerRecord,
  TopicMetadata,
  TopicPartition,
} from '#libs/kafka/kafka-types.ts';

interface FakePartition {
  readonly records: ConsumerRecord[];
  /** Offset of the first record still there. */
  start: bigint;
}

interface FakeTopic {
  readonly name: string;
  readonly internal: boolean;
  readonly configs: Map<string, string | null>;
  readonly replicas: readonly number[];
  readonly partitions: FakePartition[];
}

/** A cluster in memory: what the four fake ports share. One broker with id 1, cluster id `fake-cluster`. */
export class FakeCluster {
  readonly clusterId = 'fake-cluster';
  /** Thrown by every call to the cluster while set. */
  failure: KafkaError | undefined;
  readonly #topics = new Map<string, FakeTopic>();
  readonly #committed = new Map<string, OffsetAndMetadata>();
  readonly #waiting = new Set<() => void>();

  createTopic(
    name: string,
    partitions = 1,
    options: {
      readonly internal?: boolean;
      readonly configs?: Readonly<Record<string, string | null>>;
      /** Ids of the brokers that have it; there is only 1. */
      readonly replicas?: readonly number[];
    } = {},
  ): void {
    this.#topics.set(name, {
      name,
      internal: options.internal ?? false,
      configs: new Map(Object.entries(options.configs ?? { 'retention.ms': '604800000' })),
      replicas: options.replicas ?? [1],
      partitions: Array.from({ length: partitions }, () => ({ records: [], start: 0n })),
    });
    this.#wake();
  }

  /** Makes it `count` partitions in all. */
  growTopic(name: string, count: number): void {
    const partitions = this.#topics.get(name)?.partitions ?? [];
    while (partitions.length < count) partitions.push({ records: [], start: 0n });
    this.#wake();
  }

  deleteTopic(name: string): void {
    this.#topics.delete(name);
    this.#wake();
  }

  topicNames(): readonly string[] {
    return [...this.#topics.keys()];
  }

  describe(name: string): TopicMetadata | undefined {
    this.check();
    if (!/^[\w.-]{1,249}$/.test(name)) throw KafkaError.of('INVALID_TOPIC_EXCEPTION');
    const topic = this.#topics.get(name);
    if (topic === undefined) return undefined;
    const partitions = topic.partitions.map((_, partition) => ({
      partition,
      leader: 1,
      leaderEpoch: 0,
      replicas: topic.replicas,
      inSyncReplicas: [1],
    }));
    return { name, internal: topic.internal, partitions };
  }

  configsOf(name: string): readonly { readonly name: string; readonly value: string | null }[] {
    this.check();
    const topic = this.#topics.get(name);
    if (topic === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    return [...topic.configs].map(([key, value]) => ({ name: key, value }));
  }

  /** @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION */
  append(record: ProducerRecord, partition: number): bigint {
    this.check();
    const log = this.#partition({ topic: record.topic, partition });
    const offset = log.start + BigInt(log.records.length);
    log.records.push({
      topic: record.topic,
      partition,
      offset,
      timestamp: record.timestamp ?? BigInt(Date.now()),
      key: record.key,
      value: record.value,
      headers: record.headers ?? [],
    });
    this.#wake();
    return offset;
  }

  /** Shorthand for tests that only care for what is in a topic. */
  write(topic: string, value: string | null, partition = 0, key: string | null = null): bigint {
    const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));
    return this.append({ topic, partition, key: bytes(key), value: bytes(value) }, partition);
  }

  recordsOf(topic: string, partition = 0): readonly ConsumerRecord[] {
    return this.#partition({ topic, partition }).records;
  }

  /** Drops records below an offset, as retention does. */
  deleteRecordsBefore(partition: TopicPartition, offset: bigint): void {
    const log = this.#partition(partition);
    log.records.splice(0, Number(offset - log.start));
    log.start = offset;
  }

  /** @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION */
  offsets(partition: TopicPartition): { readonly start: bigint; readonly end: bigint } {
    this.check();
    const { start, records } = this.#partition(partition);
    return { start, end: start + BigInt(records.length) };
  }

  /** The record at an offset, if there is one yet. */
  read({ topic, partition }: TopicPartition, offset: bigint): ConsumerRecord | undefined {
    const log = this.#topics.get(topic)?.partitions[partition];
    return log?.records[Number(offset - log.start)];
  }

  commit(group: string, offset: OffsetAndMetadata): void {
    this.check();
    this.#partition(offset);
    this.#committed.set(keyOf(group, offset), { ...offset, metadata: offset.metadata ?? '' });
  }

  committed(group: string, partition: TopicPartition): OffsetAndMetadata | undefined {
    this.check();
    return this.#committed.get(keyOf(group, partition));
  }

  /** Polls that wait for a change. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves at the next change of topics or records. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** @throws {KafkaError} the failure that the test has set */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #partition({ topic, partition }: TopicPartition): FakePartition {
    const found = this.#topics.get(topic)?.partitions[partition];
    if (found === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    return found;
  }
}

const keyOf = (group: string, { topic, partition }: TopicPartition): string =>
  JSON.stringify([group, topic, partition]);
