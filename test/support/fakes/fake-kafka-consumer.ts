import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import {
  KafkaConsumer,
  type KafkaConsumerOptions,
  type PollOptions,
  type RebalanceListener,
} from '#libs/kafka/kafka-consumer.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type {
  ConsumerRecord,
  OffsetAndMetadata,
  TopicPartition,
  TopicPartitionOffset,
} from '#libs/kafka/kafka-types.ts';
import type { FakeCluster } from './fake-cluster.ts';
import type { FakeGroup, FakeMember } from './fake-group.ts';

type Pattern = { readonly source: string; matches(topic: string): boolean };

interface Assigned extends TopicPartition {
  /** undefined until the first poll has found it. */
  position: bigint | undefined;
}

/** A member of a group in memory, with the states and texts of the Java client. */
export class FakeKafkaConsumer extends KafkaConsumer implements FakeMember {
  closedWithLeave: boolean | undefined;
  #topics: readonly string[] | undefined;
  #pattern: Pattern | undefined;
  #manual = false;
  #joined = false;
  #assigned: Assigned[] = [];
  #changed = new AbortController();

  constructor(
    private readonly cluster: FakeCluster,
    private readonly group: FakeGroup,
    readonly options: KafkaConsumerOptions,
    private readonly listener: RebalanceListener,
  ) {
    super();
  }

  override subscribe(topics: readonly string[]): void {
    if (this.#manual || this.#pattern !== undefined) throw exclusive();
    this.#topics = topics;
    this.#join();
  }

  override subscribePattern(pattern: Pattern): void {
    if (this.#manual || this.#topics !== undefined) throw exclusive();
    this.#pattern = pattern;
    this.#join();
  }

  override async unsubscribe(): Promise<void> {
    this.#topics = undefined;
    this.#pattern = undefined;
    this.#manual = false;
    this.#joined = false;
    this.#replace([]);
    await this.group.leave(this);
  }

  override assign(partitions: readonly TopicPartition[]): void {
    if (this.#topics !== undefined || this.#pattern !== undefined) throw exclusive();
    this.#manual = true;
    this.#replace(partitions);
  }

  override subscription(): readonly string[] {
    return this.#topics ?? this.wanted();
  }

  override assignment(): readonly TopicPartition[] {
    return this.#assigned.map(({ topic, partition }) => ({ topic, partition }));
  }

  override async poll(options: PollOptions): Promise<readonly ConsumerRecord[]> {
    const deadline = performance.now() + options.timeoutMs;
    // One record is enough, also one without key and value.
    const enough = options.minBytes <= 1 ? 0 : options.minBytes;
    for (;;) {
      this.#locate();
      const { records, bytes, full } = this.#available(options);
      const left = deadline - performance.now();
      if (options.signal?.aborted === true) return [];
      if (full || left <= 0 || (records.length > 0 && bytes >= enough)) {
        for (const { topic, partition, offset } of records)
          this.#require({ topic, partition }).position = offset + 1n;
        return records;
      }
      const signals = [AbortSignal.timeout(Math.ceil(left)), this.#changed.signal];
      await this.cluster.changed(AbortSignal.any(options.signal ? [...signals, options.signal] : signals));
    }
  }

  override unpoll(records: readonly ConsumerRecord[]): void {
    for (const record of records.toReversed()) {
      const assigned = this.#find(record);
      if (assigned?.position === record.offset + 1n) assigned.position = record.offset;
    }
  }

  override seek(partition: TopicPartition, offset: bigint): void {
    this.#require(partition).position = offset;
    this.#wake();
  }

  override seekToBeginning(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions.map((each) => this.#require(each))) {
      partition.position = this.cluster.offsets(partition).start;
    }
    this.#wake();
  }

  override seekToEnd(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions.map((each) => this.#require(each))) {
      partition.position = this.cluster.offsets(partition).end;
    }
  }

  override positions(): readonly TopicPartitionOffset[] {
    return this.#assigned.flatMap(({ topic, partition, position }) =>
      position === undefined ? [] : [{ topic, partition, offset: position }],
    );
  }

  override async commit(offsets: readonly OffsetAndMetadata[]): Promise<void> {
    for (const offset of offsets) this.cluster.commit(this.options.groupId, offset);
  }

  override async committed(partitions: readonly TopicPartition[]): Promise<readonly OffsetAndMetadata[]> {
    return partitions.flatMap((partition) => this.cluster.committed(this.options.groupId, partition) ?? []);
  }

  override membership(): { readonly memberId: string; readonly generationId: number } | undefined {
    return this.#joined ? { memberId: `fake-${this.options.groupInstanceId}`, generationId: 1 } : undefined;
  }

  override async close({ leave }: { readonly leave: boolean }): Promise<void> {
    this.closedWithLeave = leave;
    this.#replace([]);
    if (leave) await this.group.leave(this);
  }

  wanted(): readonly string[] {
    const pattern = this.#pattern;
    if (pattern !== undefined) return this.cluster.topicNames().filter((topic) => pattern.matches(topic));
    return this.#topics ?? [];
  }

  async reassign(partitions: readonly TopicPartition[]): Promise<void> {
    if (!this.#joined) return;
    const lost = this.#assigned.filter((old) => !partitions.some((each) => same(each, old)));
    const won = partitions.filter((each) => this.#find(each) === undefined);
    if (lost.length > 0) await this.listener.onRevoked(lost, false);
    this.#replace(partitions);
    if (won.length > 0) await this.listener.onAssigned(won);
  }

  #join(): void {
    if (this.#joined) this.group.rebalance();
    else this.group.join(this);
    this.#joined = true;
  }

  #replace(partitions: readonly TopicPartition[]): void {
    this.#assigned = partitions.map(
      ({ topic, partition }) => this.#find({ topic, partition }) ?? { topic, partition, position: undefined },
    );
    this.#wake();
  }

  /** Finds where to start, and where a position is no longer there to read from. */
  #locate(): void {
    for (const assigned of this.#assigned) {
      if (!this.cluster.topicNames().includes(assigned.topic)) continue;
      const { start, end } = this.cluster.offsets(assigned);
      assigned.position ??= this.cluster.committed(this.options.groupId, assigned)?.offset;
      if (assigned.position !== undefined && assigned.position >= start && assigned.position <= end) continue;
      if (this.options.autoOffsetReset === 'none') {
        const { topic, partition } = assigned;
        throw KafkaError.of(
          'OFFSET_OUT_OF_RANGE',
          `Undefined offset with no reset policy for partitions: [${topic}-${partition}]`,
        );
      }
      assigned.position = this.options.autoOffsetReset === 'earliest' ? start : end;
    }
  }

  #available(options: PollOptions): { records: ConsumerRecord[]; bytes: number; full: boolean } {
    const records: ConsumerRecord[] = [];
    const sizeOf = options.sizeOf ?? sizeOfRecord;
    let bytes = 0;
    for (const assigned of this.#assigned) {
      for (let offset = assigned.position ?? -1n; ; offset++) {
        const record = this.cluster.read(assigned, offset);
        if (record === undefined) break;
        const more = bytes + sizeOf(record);
        if (records.length > 0 && (more > options.maxBytes || records.length === options.maxRecords)) {
          return { records, bytes, full: true };
        }
        records.push(record);
        bytes = more;
      }
    }
    return { records, bytes, full: bytes >= options.maxBytes || records.length === options.maxRecords };
  }

  #find(partition: TopicPartition): Assigned | undefined {
    return this.#assigned.find((assigned) => same(assigned, partition));
  }

  #require(partition: TopicPartition): Assigned {
    const found = this.#find(partition);
    if (found !== undefined) return found;
    throw new IllegalStateError(
      `No current assignment for partition ${partition.topic}-${partition.partition}`,
    );
  }

  /** Lets a poll look again. */
  #wake(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
  }
}

const exclusive = (): IllegalStateError =>
  new IllegalStateError('Subscription to topics, partitions and pattern are mutually exclusive');
const same = (a: TopicPartition, b: TopicPartition): boolean =>
  a.topic === b.topic && a.partition === b.partition;
const sizeOfRecord = ({ key, value }: ConsumerRecord): number => (key?.length ?? 0) + (value?.length ?? 0);
