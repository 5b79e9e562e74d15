import { Reader, readRecordsBatch } from '@platformatic/kafka';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { BrokerNode } from '#libs/kafka/kafka-types.ts';
import type { CachedTopic } from '#libs/kafka/platformatic/metadata-requests.ts';
import type { PartitionAnswer, PartitionBatch } from '#libs/kafka/platformatic/producer/produce-request.ts';
import { type ProduceLink, ProduceTransport } from '#libs/kafka/platformatic/producer/produce-transport.ts';
import type { ProducerId } from '#libs/kafka/platformatic/producer/producer-identity.ts';

/** A record as it lies in the log. */
export interface StoredRecord {
  readonly value: string;
  readonly producerId: bigint;
  readonly epoch: number;
}

/** What shall happen to a batch. `fenced` and `skewed`: the broker has
 * seen a higher epoch of its producer, or a higher sequence. `code` answers without writing, `writtenCode` after writing. */
export type Fate =
  | { readonly kind: 'ok' | 'fenced' | 'skewed' }
  | { readonly kind: 'code' | 'writtenCode'; readonly code: number }
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly bad: readonly number[];
      readonly named: boolean;
    };

/** What shall happen to a request: `lost` before it arrives, `late` after the client gave up, `ackLost` on the way back. */
export type RequestFate = 'ok' | 'lost' | 'late' | 'ackLost' | 'stuck';

interface ProducerState {
  epoch: number;
  lastSequence: number;
  recent: { readonly first: number; readonly last: number; readonly offset: number }[];
}

interface Log {
  readonly records: StoredRecord[];
  readonly producers: Map<bigint, ProducerState>;
}

/**
 * Brokers that keep their logs in memory and treat producer ids, epochs and sequences as Kafka does
 * (ProducerStateManager), with faults as a test likes them; and the metadata that a client would have of them.
 */
export class FakeBrokers extends ProduceTransport {
  readonly logs = new Map<string, Log>();
  /** Sizes of the batches of every request that arrived, by partition. */
  readonly requests: { readonly broker: number; readonly batches: readonly PartitionBatch[] }[] = [];
  readonly leaders = new Map<string, number>();
  requestFate: () => RequestFate = () => 'ok';
  batchFate: (batch: PartitionBatch, values: readonly string[]) => Fate = () => ({ kind: 'ok' });
  connectError: (broker: number) => KafkaError | undefined = () => undefined;
  initError: KafkaError | undefined;
  /** Ticks of the event loop until an answer comes. */
  latency: () => number = () => 1;
  logAppendTime = -1n;
  /** Whether a broker that is not the leader says who is. */
  notLeaderNames = false;
  inFlight = 0;
  mostInFlight = 0;
  #topics = new Map<string, CachedTopic>();
  #stale = new Set<string>();
  #seen = new Map<string, CachedTopic>();
  #producerIds = 0n;
  readonly #brokers: number;
  /** Topics that come into being when asked for with `autoCreate`, by their number of partitions. */
  readonly creatable = new Map<string, number>();

  constructor(brokers: number, topics: Readonly<Record<string, number>>) {
    super();
    this.#brokers = brokers;
    for (const [name, partitions] of Object.entries(topics)) this.createTopic(name, partitions);
  }

  createTopic(name: string, partitions: number): void {
    for (let p = 0; p < partitions; p++) {
      const key = `${name}/${p}`;
      if (this.logs.has(key)) continue;
      this.logs.set(key, { records: [], producers: new Map() });
      this.leaders.set(key, (p % this.#brokers) + 1);
    }
    this.#topics.set(name, this.#describe(name, partitions));
  }

  deleteTopic(name: string): void {
    this.#topics.delete(name);
    for (const key of this.logs.keys()) if (key.startsWith(`${name}/`)) this.logs.delete(key);
  }

  values(topic: string, partition: number): string[] {
    return this.log(topic, partition).records.map((record) => record.value);
  }

  log(topic: string, partition: number): Log {
    const log = this.logs.get(`${topic}/${partition}`);
    if (log === undefined) throw new Error(`there is no ${topic}/${partition}`);
    return log;
  }

  // What the producer asks of the metadata.

  cached(name: string): CachedTopic | undefined {
    return this.#stale.has(name) ? undefined : this.#seen.get(name);
  }

  async topic(name: string): Promise<CachedTopic | undefined> {
    const cached = this.cached(name);
    if (cached !== undefined) return cached;
    await this.refreshTopics([name]);
    return this.#seen.get(name);
  }

  async refreshTopics(names: readonly string[]): Promise<void> {
    await ticks(1);
    for (const name of names) {
      const topic = this.#topics.get(name);
      this.#stale.delete(name);
      if (topic === undefined) this.#seen.delete(name);
      else this.#seen.set(name, this.#describe(name, topic.partitions.length));
    }
  }

  async autoCreate(name: string): Promise<CachedTopic | undefined> {
    const partitions = this.creatable.get(name);
    const existed = this.#topics.has(name);
    if (partitions !== undefined && !existed) this.createTopic(name, partitions);
    await this.refreshTopics([name]);
    // As in Kafka, the request that creates a topic does not yet see it.
    return existed ? this.#seen.get(name) : undefined;
  }

  invalidate(name: string): void {
    this.#stale.add(name);
  }

  node(id: number): BrokerNode | undefined {
    return id >= 1 && id <= this.#brokers ? { id, host: 'broker', port: id, rack: null } : undefined;
  }

  leaderOf(topic: string, partition: number): BrokerNode | undefined {
    return this.node(this.#seen.get(topic)?.partitions[partition]?.leader ?? -1);
  }

  // The brokers.

  override async connect(leader: BrokerNode): Promise<ProduceLink> {
    await ticks(1);
    const error = this.connectError(leader.id);
    if (error !== undefined) throw error;
    return {
      produce: (acks, _timeoutMs, batches) => this.#produce(leader.id, acks, batches),
    };
  }

  override async initProducerId(): Promise<ProducerId> {
    await ticks(1);
    if (this.initError !== undefined) throw this.initError;
    return { producerId: ++this.#producerIds, epoch: 0 };
  }

  async #produce(
    broker: number,
    acks: number,
    batches: readonly PartitionBatch[],
  ): Promise<readonly PartitionAnswer[] | undefined> {
    this.requests.push({ broker, batches });
    const copies = batches.map((batch) => ({ ...batch, bytes: Buffer.from(batch.bytes) }));
    const fate = this.requestFate();
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await ticks(this.latency());
      if (fate === 'stuck') await new Promise(() => {});
      if (fate === 'late') {
        void ticks(5 + 3 * this.latency()).then(() => copies.map((batch) => this.#append(broker, batch)));
      }
      if (fate === 'lost' || fate === 'late') throw KafkaError.of('NETWORK_EXCEPTION');
      const answers = copies.map((batch) => this.#append(broker, batch));
      await ticks(this.latency());
      if (fate === 'ackLost') throw KafkaError.of('REQUEST_TIMED_OUT');
      return acks === 0 ? undefined : answers;
    } finally {
      this.inFlight--;
    }
  }

  #append(broker: number, batch: PartitionBatch): PartitionAnswer {
    const { topic, partition } = batch;
    const key = `${topic}/${partition}`;
    const log = this.logs.get(key);
    const answer = (errorCode: number, more: Partial<PartitionAnswer> = {}): PartitionAnswer => ({
      topic,
      partition,
      errorCode,
      errorMessage: null,
      baseOffset: -1n,
      logAppendTime: -1n,
      recordErrors: [],
      leader: undefined,
      ...more,
    });
    if (log === undefined) return answer(3);
    const leader = this.leaders.get(key);
    if (leader !== broker) {
      const named = leader !== undefined && leader > 0 && this.notLeaderNames;
      return answer(6, named ? { leader: { id: leader, epoch: 1 } } : {});
    }
    const decoded = readRecordsBatch(Reader.from(batch.bytes));
    const values = decoded.records.map((record) => record.value?.toString() ?? '');
    const fate = this.batchFate(batch, values);
    if (fate.kind === 'code') return answer(fate.code);
    if (fate.kind === 'refused') {
      const recordErrors = fate.bad.map((batchIndex) => ({
        batchIndex,
        message: `record ${batchIndex} is bad`,
      }));
      return answer(fate.code, { recordErrors: fate.named ? recordErrors : [] });
    }
    const { producerId, producerEpoch: epoch, firstSequence: first } = decoded;
    if (fate.kind === 'fenced') {
      const state = log.producers.get(producerId);
      const above = Math.max(epoch, state?.epoch ?? 0) + 1;
      log.producers.set(producerId, { epoch: above, lastSequence: -1, recent: [] });
      return answer(47);
    }
    if (fate.kind === 'skewed') {
      const state = log.producers.get(producerId);
      if (state !== undefined) {
        state.lastSequence += 1_000;
        state.recent = [];
      }
    }
    if (producerId >= 0n) {
      const found = checkSequence(log, producerId, epoch, first, values.length);
      if (found !== undefined) return answer(found.code, { baseOffset: BigInt(found.offset) });
    }
    const offset = log.records.length;
    for (const value of values) log.records.push({ value, producerId, epoch });
    if (fate.kind === 'writtenCode') return answer(fate.code);
    return answer(0, { baseOffset: BigInt(offset), logAppendTime: this.logAppendTime });
  }

  #describe(name: string, partitions: number): CachedTopic {
    return {
      name,
      topicId: name,
      internal: false,
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        partition,
        leader: this.leaders.get(`${name}/${partition}`) ?? -1,
        leaderEpoch: 0,
        replicas: [1],
        inSyncReplicas: [1],
      })),
    };
  }
}

/** What Kafka answers instead of writing; undefined when it writes. Sequences do not go round here. */
function checkSequence(
  log: Log,
  producerId: bigint,
  epoch: number,
  first: number,
  count: number,
): { readonly code: number; readonly offset: number } | undefined {
  const last = first + count - 1;
  const state = log.producers.get(producerId);
  if (state === undefined) {
    log.producers.set(producerId, {
      epoch,
      lastSequence: last,
      recent: [{ first, last, offset: log.records.length }],
    });
    return undefined;
  }
  if (epoch < state.epoch) return { code: 47, offset: -1 };
  if (epoch === state.epoch) {
    const duplicate = state.recent.find((batch) => batch.first === first && batch.last === last);
    if (duplicate !== undefined) return { code: 0, offset: duplicate.offset };
    if (first !== state.lastSequence + 1) return { code: 45, offset: -1 };
  } else {
    if (first !== 0) return { code: 45, offset: -1 };
    state.epoch = epoch;
    state.recent = [];
  }
  state.lastSequence = last;
  state.recent = [...state.recent, { first, last, offset: log.records.length }].slice(-5);
  return undefined;
}

/** Resolves so many turns of the event loop later. */
export async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
