import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaError } from '../../kafka-error.ts';
import { KafkaProducer, type SendProgress, type SendResult } from '../../kafka-producer.ts';
import type { ProducerRecord, TopicMetadata } from '../../kafka-types.ts';
import { partitionOfKey } from '../../partitioner.ts';
import { batchOverhead, recordSizeUpperBound } from '../record-batch.ts';
import { Dispatcher, type DispatcherConfig } from './dispatcher.ts';
import type { LeaderView } from './leader-search.ts';
import { ActiveSends, PendingSend } from './pending-send.ts';
import type { ProduceTransport } from './produce-transport.ts';
import { ProducerIdentity } from './producer-identity.ts';
import { ProducerTopic } from './producer-topic.ts';
import { TopicResolver, unknownPartition, type AutoCreation, type TopicView } from './topic-resolver.ts';

/** What the producer stands on. */
export interface ProducerParts {
  readonly transport: ProduceTransport;
  readonly metadata: LeaderView & TopicView;
  readonly autoCreation: AutoCreation;
}

type Topics = ProducerTopic | ReadonlyMap<string, ProducerTopic | KafkaError>;

/**
 * Records of all callers share batches and requests; each caller gets its own results.
 *
 * A call puts its records into queues, one a partition, and the dispatcher sends what the queues hold. Idempotent when
 * told so and all replicas acknowledge.
 */
export class CoalescingProducer extends KafkaProducer {
  readonly #config: DispatcherConfig;
  readonly #metadata: TopicView;
  readonly #resolver: TopicResolver;
  readonly #identity: ProducerIdentity;
  readonly #dispatcher: Dispatcher;
  readonly #active = new ActiveSends();
  readonly #topics = new Map<string, ProducerTopic>();
  /** Topics that calls wait for, and how many do: a later call must not overtake them. */
  readonly #awaited = new Map<string, number>();
  #watch: NodeJS.Timeout | undefined;
  #whenIdle: (() => void) | undefined;
  #closed = false;

  constructor(parts: ProducerParts, config: DispatcherConfig) {
    super();
    this.#config = config;
    this.#metadata = parts.metadata;
    this.#resolver = new TopicResolver(parts.metadata, parts.autoCreation, config);
    this.#identity = new ProducerIdentity(config.enableIdempotence && config.acks === -1, () =>
      parts.transport.initProducerId(),
    );
    this.#dispatcher = new Dispatcher(parts.transport, parts.metadata, this.#identity, config);
  }

  override send(records: readonly ProducerRecord[], progress?: SendProgress): Promise<readonly SendResult[]> {
    const refusal = this.#closed ? shuttingDown() : undefined;
    if (refusal !== undefined || records.length === 0) return Promise.resolve(allFailed(records, refusal));
    return new Promise((resolve) => {
      let bytes = 0;
      for (const record of records) bytes += recordSizeUpperBound(record);
      // A call that is larger than the memory by itself passes when it is alone, or it never would.
      if (this.#active.count > 0 && this.#active.bytes + bytes > this.#config.bufferMemory) {
        resolve(allFailed(records, this.#exhausted(bytes)));
        return;
      }
      const deadline = performance.now() + this.#config.deliveryTimeoutMs;
      const send = new PendingSend(records, Date.now(), deadline, bytes, (done, results) => {
        this.#active.remove(done);
        if (this.#active.count === 0) this.#whenIdle?.();
        resolve(results);
      });
      send.progress = progress;
      this.#active.add(send);
      this.#startWatch();
      const topics = this.#knownTopics(records);
      if (topics !== undefined) this.#place(send, topics, undefined, 0);
      else for (const [name, indexes] of byTopic(records)) void this.#resolveAndPlace(send, name, indexes);
    });
  }

  /** Takes no more records, waits for those it has for at most `timeoutMs`, and fails the rest. Never rejects. */
  async close(timeoutMs = closeTimeoutMs): Promise<void> {
    this.#closed = true;
    if (this.#active.count > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
      await Promise.race([idle, sleep(timeoutMs, undefined, { ref: false })]);
    }
    this.#active.failAll(shuttingDown());
    this.#dispatcher.close();
    clearInterval(this.#watch);
  }

  /** The topics of records when all are known without asking. */
  #knownTopics(records: readonly ProducerRecord[]): Topics | undefined {
    const name = records[0]?.topic ?? '';
    const first = this.#known(name);
    if (first === undefined) return undefined;
    let topics: Map<string, ProducerTopic> | undefined;
    for (const record of records) {
      if (record.topic === name || topics?.has(record.topic) === true) continue;
      const topic = this.#known(record.topic);
      if (topic === undefined) return undefined;
      topics ??= new Map([[name, first]]);
      topics.set(record.topic, topic);
    }
    return topics ?? first;
  }

  #known(name: string): ProducerTopic | undefined {
    if (this.#awaited.has(name)) return undefined;
    const metadata = this.#metadata.cached(name);
    return metadata === undefined ? undefined : this.#topic(metadata);
  }

  #topic(metadata: TopicMetadata): ProducerTopic {
    let topic = this.#topics.get(metadata.name);
    if (topic === undefined) {
      if (this.#topics.size >= maxTopics) this.#forgetIdleTopics();
      topic = new ProducerTopic(metadata, this.#identity, this.#config.batchSize);
      this.#topics.set(metadata.name, topic);
    } else {
      topic.update(metadata);
    }
    return topic;
  }

  /** A queue that is forgotten forgets its sequence, so the next may not use the same producer id. */
  #forgetIdleTopics(): void {
    for (const [name, topic] of this.#topics) if (topic.isIdle) this.#topics.delete(name);
    if (this.#identity.current !== undefined) this.#identity.retire(this.#identity.current);
  }

  /** Places the records of one topic once it is found, behind those of earlier calls that wait for it too. */
  async #resolveAndPlace(send: PendingSend, name: string, indexes: readonly number[]): Promise<void> {
    this.#awaited.set(name, (this.#awaited.get(name) ?? 0) + 1);
    const found = await this.#resolver.resolve(name);
    const topics = new Map([[name, found instanceof KafkaError ? found : this.#topic(found)]]);
    this.#place(send, topics, indexes, 0);
    const others = (this.#awaited.get(name) ?? 1) - 1;
    if (others === 0) this.#awaited.delete(name);
    else this.#awaited.set(name, others);
  }

  /** Puts records into their queues, so many a tick: all, or those of `indexes`, from the `start`th on. */
  #place(send: PendingSend, topics: Topics, indexes: readonly number[] | undefined, start: number): void {
    const count = indexes?.length ?? send.records.length;
    const end = Math.min(count, start + placedAtOnce);
    let missed: number[] | undefined;
    for (let i = start; i < end && !send.done; i++) {
      const index = indexes === undefined ? i : (indexes[i] ?? 0);
      if (!this.#placeOne(send, topics, index)) (missed ??= []).push(index);
    }
    const goOn = (): void => {
      if (end < count && !send.done) setImmediate(() => this.#place(send, topics, indexes, end));
    };
    if (missed === undefined) goOn();
    else void this.#placeMissed(send, missed).then(goOn);
  }

  /** @returns false when the record's partition is not known */
  #placeOne(send: PendingSend, topics: Topics, index: number): boolean {
    const record = send.records[index];
    if (record === undefined) return true;
    const topic = topics instanceof ProducerTopic ? topics : topics.get(record.topic);
    if (topic === undefined || topic instanceof KafkaError) {
      send.fail(index, index + 1, topic ?? KafkaError.of('UNKNOWN_SERVER_ERROR'));
      return true;
    }
    const bytes = recordSizeUpperBound(record);
    const refusal = this.#refusal(record, bytes);
    if (refusal !== undefined) {
      send.fail(index, index + 1, refusal);
      return true;
    }
    const queue = topic.queue(this.#partitionOf(record, topic, bytes));
    if (queue === undefined) return false;
    queue.push(send, index, bytes);
    this.#dispatcher.add(queue);
    return true;
  }

  /** Looks again for partitions that may have been added since we last heard of their topic. */
  async #placeMissed(send: PendingSend, indexes: readonly number[]): Promise<void> {
    const names = [...new Set(indexes.map((index) => send.records[index]?.topic ?? ''))];
    const found = await Promise.all(names.map((name) => this.#resolver.refresh(name)));
    const topics = new Map<string, ProducerTopic | KafkaError>(
      found.map((one, i) => [names[i] ?? '', one instanceof KafkaError ? one : this.#topic(one)]),
    );
    for (const index of indexes) {
      if (send.done || this.#placeOne(send, topics, index)) continue;
      const record = send.records[index];
      const topic = topics.get(record?.topic ?? '');
      if (record === undefined || !(topic instanceof ProducerTopic)) continue;
      send.fail(index, index + 1, unknownPartition(topic.metadata, record.partition ?? 0));
    }
  }

  #partitionOf(record: ProducerRecord, topic: ProducerTopic, bytes: number): number {
    if (record.partition !== null) return record.partition;
    if (record.key === null || this.#config.partitionerIgnoreKeys) return topic.chooseFor(bytes);
    return partitionOfKey(record.key, topic.partitionCount);
  }

  /** Why a record cannot be sent anywhere. */
  #refusal(record: ProducerRecord, recordBytes: number): KafkaError | undefined {
    const bytes = recordBytes + batchOverhead;
    if (bytes > this.#config.maxRequestSize) {
      return KafkaError.of(
        'MESSAGE_TOO_LARGE',
        `The message is ${bytes} bytes when serialized which is larger than ${this.#config.maxRequestSize}, which is the value of the max.request.size configuration.`,
      );
    }
    const time = record.timestamp;
    if (time !== undefined && (time < 0n || time > maxTimestamp)) {
      return KafkaError.of(
        'INVALID_TIMESTAMP',
        `Invalid timestamp: ${time}. Timestamp should always be non-negative and fit in 64 bits.`,
      );
    }
    return undefined;
  }

  #exhausted(bytes: number): KafkaError {
    const { bufferMemory } = this.#config;
    const text = `Failed to allocate ${bytes} bytes: ${this.#active.bytes} of ${bufferMemory} bytes, the value of the buffer.memory configuration, are waiting to be sent.`;
    return new KafkaError('BUFFER_EXHAUSTED', -1, true, text);
  }

  /** While anything is under way: fails what is late, and looks after requests that take long. */
  #startWatch(): void {
    if (this.#watch !== undefined) return;
    const everyMs = Math.max(10, Math.min(500, this.#config.deliveryTimeoutMs / 20));
    this.#watch = setInterval(() => {
      const now = performance.now();
      this.#active.expire(now, this.#config.deliveryTimeoutMs);
      if (this.#active.count > 0) {
        void this.#dispatcher.checkStalls(now);
        return;
      }
      clearInterval(this.#watch);
      this.#watch = undefined;
    }, everyMs);
    this.#watch.unref();
  }
}

/** Records that one call puts into queues in one tick; about 5 ms. */
const placedAtOnce = 4_096;
const closeTimeoutMs = 5_000;
const maxTopics = 20_000;
const maxTimestamp = 2n ** 63n - 1n;

function byTopic(records: readonly ProducerRecord[]): Map<string, number[]> {
  const indexes = new Map<string, number[]>();
  for (const [i, { topic }] of records.entries()) {
    const list = indexes.get(topic);
    if (list === undefined) indexes.set(topic, [i]);
    else list.push(i);
  }
  return indexes;
}

function allFailed(records: readonly ProducerRecord[], error: KafkaError | undefined): SendResult[] {
  return error === undefined ? [] : records.map(() => ({ error }));
}

function shuttingDown(): KafkaError {
  return KafkaError.of('NETWORK_EXCEPTION', 'The proxy is shutting down.');
}
