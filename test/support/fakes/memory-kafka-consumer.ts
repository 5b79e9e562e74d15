import type { Clock } from '#libs/consumers/clock.ts';
import {
  IllegalStateError,
  KafkaConsumer,
  type KafkaConsumerOptions,
  type PollOptions,
  type RebalanceListener,
} from '#libs/kafka/kafka-consumer.ts';
import type {
  ConsumerRecord,
  OffsetAndMetadata,
  TopicPartition,
  TopicPartitionOffset,
} from '#libs/kafka/kafka-types.ts';
import type { MemoryKafka } from './memory-kafka.ts';

interface Place extends TopicPartition {
  position: bigint;
  /** Other after a seek: what was polled before cannot be put back. */
  version: object;
  paused: boolean;
}

type PatternOf = Parameters<KafkaConsumer['subscribePattern']>[0];

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;
const sizeOfRecord = (record: ConsumerRecord): number =>
  (record.key?.length ?? 0) + (record.value?.length ?? 0);

/**
 * The port in memory, for one member a group: it is assigned every partition of its topics as soon as it has subscribed,
 * unless `autoJoin` is off; the test takes partitions away with `revoke`.
 */
export class MemoryKafkaConsumer extends KafkaConsumer {
  autoJoin = true;
  closed: { readonly leave: boolean } | undefined;
  /** The next poll throws it. */
  failure: Error | undefined;
  polling = false;
  #topics: readonly string[] = [];
  #pattern: PatternOf | undefined;
  #manual = false;
  #places: Place[] = [];
  readonly #polled = new Map<ConsumerRecord, object>();

  constructor(
    private readonly kafka: MemoryKafka,
    readonly options: KafkaConsumerOptions,
    private readonly listener: RebalanceListener,
    private readonly clock: Clock,
  ) {
    super();
  }

  subscribe(topics: readonly string[]): void {
    if (this.#manual || this.#pattern !== undefined) throw exclusive();
    this.#topics = topics;
    this.#rejoin();
  }

  subscribePattern(pattern: PatternOf): void {
    if (this.#manual || this.#topics.length > 0) throw exclusive();
    this.#pattern = pattern;
    this.#rejoin();
  }

  unsubscribe(): Promise<void> {
    this.#topics = [];
    this.#pattern = undefined;
    this.#manual = false;
    this.#places = [];
    return Promise.resolve();
  }

  assign(partitions: readonly TopicPartition[]): void {
    if (this.#topics.length > 0 || this.#pattern !== undefined) throw exclusive();
    this.#manual = true;
    this.#places = partitions.map(
      (partition) =>
        this.#places.find((place) => keyOf(place) === keyOf(partition)) ?? this.#place(partition),
    );
    this.kafka.wake();
  }

  subscription(): readonly string[] {
    const pattern = this.#pattern;
    if (pattern === undefined) return this.#topics;
    return [...this.kafka.topics.keys()].filter((topic) => pattern.matches(topic));
  }

  assignment(): readonly TopicPartition[] {
    return this.#places.map(({ topic, partition }) => ({ topic, partition }));
  }

  async poll(options: PollOptions): Promise<readonly ConsumerRecord[]> {
    if (this.polling) throw new Error('one poll at a time');
    this.polling = true;
    try {
      const deadline = this.clock.now() + options.timeoutMs;
      for (;;) {
        if (this.failure !== undefined) throw this.failure;
        if (options.signal?.aborted === true || this.closed !== undefined) return [];
        const { records, bytes, full } = this.#available(options);
        // A record without key and value has no bytes, and is a record all the same.
        const enough = records.length > 0 && (bytes >= options.minBytes || options.minBytes <= 1);
        if (full || enough || this.clock.now() >= deadline) {
          return this.#take(records);
        }
        await this.#change(deadline - this.clock.now(), options.signal);
      }
    } finally {
      this.polling = false;
    }
  }

  unpoll(records: readonly ConsumerRecord[]): void {
    for (const record of records.toReversed()) {
      const place = this.#places.find((other) => keyOf(other) === keyOf(record));
      if (place !== undefined && this.#polled.get(record) === place.version) place.position = record.offset;
    }
  }

  seek(partition: TopicPartition, offset: bigint): void {
    const place = this.#places.find((other) => keyOf(other) === keyOf(partition));
    if (place === undefined) {
      throw new IllegalStateError(`No current assignment for partition ${keyOf(partition)}`);
    }
    place.position = offset;
    place.version = {};
    this.kafka.wake();
  }

  seekToBeginning(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.seek(partition, 0n);
  }

  seekToEnd(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.seek(partition, this.#end(partition));
  }

  positions(): readonly TopicPartitionOffset[] {
    return this.#places.map(({ topic, partition, position }) => ({ topic, partition, offset: position }));
  }

  async commit(offsets: readonly OffsetAndMetadata[]): Promise<void> {
    await this.kafka.beforeCommit(offsets);
    const group = this.kafka.committed.get(this.options.groupId) ?? new Map<string, OffsetAndMetadata>();
    this.kafka.committed.set(this.options.groupId, group);
    for (const offset of offsets) group.set(keyOf(offset), { ...offset, metadata: offset.metadata ?? '' });
  }

  committed(partitions: readonly TopicPartition[]): Promise<readonly OffsetAndMetadata[]> {
    const group = this.kafka.committed.get(this.options.groupId);
    return Promise.resolve(partitions.flatMap((partition) => group?.get(keyOf(partition)) ?? []));
  }

  membership(): { readonly memberId: string; readonly generationId: number } | undefined {
    return this.#topics.length > 0 ? { memberId: this.options.groupInstanceId, generationId: 1 } : undefined;
  }

  close(options: { readonly leave: boolean }): Promise<void> {
    this.closed = options;
    this.kafka.wake();
    return Promise.resolve();
  }

  /** The group assigns what there is. */
  async join(): Promise<void> {
    const places = this.subscription().flatMap((topic) =>
      (this.kafka.topics.get(topic) ?? []).map((_log, partition) => this.#place({ topic, partition })),
    );
    await this.listener.onAssigned(places);
    this.#places = places;
    this.kafka.wake();
  }

  /** The group takes partitions away. */
  async revoke(partitions: readonly TopicPartition[], lost = false): Promise<void> {
    const keys = new Set(partitions.map(keyOf));
    for (const place of this.#places) if (keys.has(keyOf(place))) place.paused = true;
    await this.listener.onRevoked(partitions, lost);
    this.#places = this.#places.filter((place) => !keys.has(keyOf(place)));
  }

  #rejoin(): void {
    this.#places = [];
    if (this.autoJoin) queueMicrotask(() => void this.join());
  }

  #place(partition: TopicPartition): Place {
    const committed = this.kafka.committed.get(this.options.groupId)?.get(keyOf(partition));
    const reset = this.options.autoOffsetReset === 'earliest' ? 0n : this.#end(partition);
    return {
      topic: partition.topic,
      partition: partition.partition,
      position: committed?.offset ?? reset,
      version: {},
      paused: false,
    };
  }

  #end({ topic, partition }: TopicPartition): bigint {
    return BigInt(this.kafka.log(topic, partition).length);
  }

  #available(options: PollOptions): { records: ConsumerRecord[]; bytes: number; full: boolean } {
    const records: ConsumerRecord[] = [];
    let bytes = 0;
    for (const place of this.#places) {
      if (place.paused) continue;
      for (const record of this.kafka.log(place.topic, place.partition).slice(Number(place.position))) {
        const size = (options.sizeOf ?? sizeOfRecord)(record);
        const tooMuch = records.length > 0 && bytes + size > options.maxBytes;
        if (tooMuch || records.length >= (options.maxRecords ?? Infinity)) {
          return { records, bytes, full: true };
        }
        records.push(record);
        bytes += size;
      }
    }
    return { records, bytes, full: bytes >= options.maxBytes };
  }

  #take(records: readonly ConsumerRecord[]): readonly ConsumerRecord[] {
    this.#polled.clear();
    for (const record of records) {
      const place = this.#places.find((other) => keyOf(other) === keyOf(record));
      if (place === undefined) continue;
      place.position = record.offset + 1n;
      this.#polled.set(record, place.version);
    }
    return records;
  }

  #change(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        forget();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.clock.after(ms, wake);
      const forget = this.kafka.onChange(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}

function exclusive(): IllegalStateError {
  return new IllegalStateError('Subscription to topics, partitions and pattern are mutually exclusive');
}
