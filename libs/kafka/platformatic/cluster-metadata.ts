import { KafkaError } from '../kafka-error.ts';
import { KafkaMetadata } from '../kafka-metadata.ts';
import type {
  BrokerNode,
  ClusterDescription,
  OffsetSpec,
  TopicMetadata,
  TopicPartition,
} from '../kafka-types.ts';
import { retriesOf } from '../retries.ts';
import type { BrokerAddress, BrokerConnection } from './broker-connection.ts';
import type { Connections } from './connections.ts';
import { hedged } from './hedged.ts';
import { requestMetadata, type CachedTopic, type MetadataAnswer } from './metadata-requests.ts';
import { lookUpOffsets } from './offset-lookup.ts';

interface Entry {
  readonly topic: CachedTopic;
  readonly fetchedAt: number;
  usedAt: number;
  stale: boolean;
}

interface Waiter {
  resolve(answer: CachedTopic | undefined): void;
  reject(error: unknown): void;
}

/**
 * The cluster as one role sees it: cached, asked again when stale, old or told so.
 *
 * What is asked for in one tick goes into one request; one request is under way at a time, and after one that failed
 * the next waits for a back-off. A timer keeps the brokers and the topics in use fresh, so that readiness shows
 * whether Kafka can be reached without a request of a user's.
 */
export class ClusterMetadata extends KafkaMetadata {
  readonly #connections: Connections;
  readonly #topics = new Map<string, Entry>();
  readonly #waiting = new Map<string, Waiter[]>();
  #timer: NodeJS.Timeout | undefined;
  #nodes = new Map<number, BrokerNode>();
  #description: ClusterDescription | undefined;
  #answeredAt = -Infinity;
  #preferred: BrokerAddress | undefined;
  #asking = false;
  #started = false;
  #unreachable = false;
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(connections: Connections) {
    super();
    this.#connections = connections;
  }

  /** Asks the cluster now, and from now on ever again: each few seconds, each second while it does not answer. */
  start(): void {
    if (this.#closed || this.#started) return;
    this.#started = true;
    const tick = async (): Promise<void> => {
      let pauseMs = Math.max(1_000, Math.min(this.#connections.config.metadataMaxAgeMs, refreshEveryMs));
      try {
        await this.refresh();
      } catch {
        // ageMs() shows it.
        pauseMs = 1_000;
      }
      if (!this.#closed) this.#timer = setTimeout(() => void tick(), pauseMs).unref();
    };
    this.#timer = setTimeout(() => void tick(), 0).unref();
  }

  override async topic(name: string): Promise<CachedTopic | undefined> {
    return this.cached(name) ?? this.#ask(name);
  }

  /** What the cache holds and may be used without asking. */
  cached(name: string): CachedTopic | undefined {
    const entry = this.#topics.get(name);
    if (entry === undefined || entry.stale) return undefined;
    const now = performance.now();
    if (now - entry.fetchedAt > this.#connections.config.metadataMaxAgeMs) return undefined;
    entry.usedAt = now;
    return entry.topic;
  }

  node(id: number): BrokerNode | undefined {
    return this.#nodes.get(id);
  }

  /** The leader that the cache knows, however old; undefined while there is none. */
  leaderOf(topic: string, partition: number): BrokerNode | undefined {
    const found = this.#topics.get(topic)?.topic.partitions[partition];
    return found === undefined || found.leader < 0 ? undefined : this.#nodes.get(found.leader);
  }

  /** Makes the next `topic` ask the cluster: a broker said that what we know is wrong. */
  invalidate(name: string): void {
    const entry = this.#topics.get(name);
    if (entry === undefined || entry.stale) return;
    entry.stale = true;
    this.#doubt();
  }

  /** Asks the cluster for these topics now, in one request. Unknown ones leave the cache. @throws {KafkaError} */
  async refreshTopics(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    this.#doubt();
    this.#take(await this.#request(names, false), names);
  }

  /** Asks for a topic so that the cluster may create it; undefined while it does not exist. @throws {KafkaError} */
  async autoCreate(name: string): Promise<CachedTopic | undefined> {
    const answer = await this.#request([name], true);
    this.#take(answer, [name]);
    return topicOf(answer, name);
  }

  override async topics(
    options: { readonly includeInternal?: boolean } = {},
  ): Promise<readonly TopicMetadata[]> {
    const answer = await this.#request(undefined, false);
    const found: TopicMetadata[] = [];
    for (const topic of answer.topics.values()) {
      if (topic instanceof KafkaError) continue;
      if (options.includeInternal === true || !topic.internal) found.push(topic);
    }
    return found;
  }

  override async describeTopics(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    if (names.length === 0) return [];
    const answer = await this.#request(names, false);
    this.#take(answer, names);
    return names.map((name) => topicOf(answer, name)).filter((topic) => topic !== undefined);
  }

  override async cluster(): Promise<ClusterDescription> {
    await this.#request([], false);
    if (this.#description === undefined) throw KafkaError.of('NETWORK_EXCEPTION');
    return this.#description;
  }

  override known(): ClusterDescription | undefined {
    return this.#description;
  }

  override brokers(): readonly BrokerNode[] {
    return this.#description?.brokers ?? [];
  }

  override listOffsets(
    partitions: readonly (TopicPartition & { readonly spec: OffsetSpec })[],
  ): Promise<readonly (bigint | undefined)[]> {
    return lookUpOffsets(this.#connections, this, partitions);
  }

  override ageMs(): number {
    return performance.now() - this.#answeredAt;
  }

  override refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshInUse().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** A connection of lane `metadata` to some broker that answers, the one that answered last if it still does. @throws {KafkaError} */
  async anyBroker(): Promise<BrokerConnection> {
    let failure: unknown = KafkaError.of(
      'NETWORK_EXCEPTION',
      'No broker of bootstrap.servers can be reached.',
    );
    for (const address of this.#candidates()) {
      try {
        const connection = await this.#connections.shared(address, 'metadata');
        this.#preferred = address;
        return connection;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** Brokers to ask, the one that answered last first. */
  addresses(): readonly BrokerAddress[] {
    return [...this.#candidates()];
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.reject(shuttingDown());
    this.#waiting.clear();
  }

  #ask(name: string): Promise<CachedTopic | undefined> {
    if (this.#closed) return Promise.reject(shuttingDown());
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(name);
      if (waiters === undefined) this.#waiting.set(name, [{ resolve, reject }]);
      else waiters.push({ resolve, reject });
      if (!this.#asking) {
        this.#asking = true;
        setImmediate(() => void this.#answerWaiting());
      }
    });
  }

  /** Asks for everything that somebody waits for, until nobody does. Never rejects. */
  async #answerWaiting(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = new Map(this.#waiting);
      this.#waiting.clear();
      const names = [...batch.keys()];
      try {
        const answer = await this.#request(names, false);
        this.#take(answer, names);
        for (const [name, waiters] of batch) settle(waiters, answer, name);
      } catch (error) {
        for (const waiters of batch.values()) for (const waiter of waiters) waiter.reject(error);
      }
    }
    this.#asking = false;
  }

  async #refreshInUse(): Promise<void> {
    const now = performance.now();
    for (const [name, entry] of this.#topics)
      if (now - entry.usedAt > forgetUnusedMs) this.#topics.delete(name);
    const names = [...this.#topics.keys()];
    this.#take(await this.#request(names, false), names);
  }

  /** Sends one metadata request, to another broker when one fails. @throws {KafkaError} */
  async #request(names: readonly string[] | undefined, autoCreate: boolean): Promise<MetadataAnswer> {
    let failure: unknown;
    const started = performance.now();
    for await (const attempt of retriesOf(
      this.#connections.config,
      this.#unreachable ? 0 : metadataTimeoutMs,
    )) {
      if (this.#closed) throw shuttingDown();
      try {
        const told = await hedged([...this.#candidates()], hedgeAfterMs, async (address) => {
          const connection = await this.#connections.shared(address, 'metadata');
          const got = await requestMetadata(connection, names, autoCreate);
          this.#preferred = address;
          return got;
        });
        const answer = { ...told, topics: this.#newest(told.topics) };
        this.#description = {
          clusterId: answer.clusterId,
          controllerId: answer.controllerId,
          brokers: answer.brokers,
        };
        this.#nodes = new Map(answer.brokers.map((node) => [node.id, node]));
        this.#answeredAt = performance.now();
        this.#unreachable = false;
        return answer;
      } catch (error) {
        failure = error;
        this.#preferred = undefined;
        if (performance.now() - started > unreachableAfterMs) this.#unreachable = true;
        attempt.failed(error);
      }
    }
    throw failure;
  }

  #take(answer: MetadataAnswer, names: readonly string[]): void {
    const now = performance.now();
    for (const name of names) {
      const topic = answer.topics.get(name);
      if (topic === undefined || topic instanceof KafkaError) {
        // A topic without a leader for the moment is still there; one that is gone is forgotten.
        if (topic === undefined || !topic.retriable || topic.kind === 'UNKNOWN_TOPIC_OR_PARTITION')
          this.#topics.delete(name);
        continue;
      }
      const usedAt = this.#topics.get(name)?.usedAt ?? now;
      this.#topics.set(name, { topic, fetchedAt: now, usedAt, stale: false });
    }
  }

  /** Whom it asked last may be cut off from the others and behind for good: the next one to be asked is any of them. */
  #doubt(): void {
    this.#preferred = undefined;
  }

  /** With the leaders that are known already where this answer is behind. */
  #newest(topics: MetadataAnswer['topics']): MetadataAnswer['topics'] {
    const newest = new Map(topics);
    for (const [name, topic] of topics) {
      const known = this.#topics.get(name)?.topic;
      if (topic instanceof KafkaError || known === undefined || known.topicId !== topic.topicId) continue;
      const partitions = topic.partitions.map((one, index) => {
        const before = known.partitions[index];
        return before !== undefined && before.leaderEpoch > one.leaderEpoch ? before : one;
      });
      newest.set(name, { ...topic, partitions });
    }
    return newest;
  }

  *#candidates(): Generator<BrokerAddress> {
    const seen = new Set<string>();
    const all = [
      ...(this.#preferred === undefined ? [] : [this.#preferred]),
      ...shuffled(this.#description?.brokers ?? []),
      ...shuffled(this.#connections.config.brokers),
    ];
    for (const { host, port } of all) {
      const key = `${host}:${port}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield { host, port };
    }
  }
}

const refreshEveryMs = 15_000;
const forgetUnusedMs = 5 * 60_000;
/** A frozen broker still takes requests: after so long another is asked too. */
const hedgeAfterMs = 1_000;
/** In all, over brokers and attempts. */
const metadataTimeoutMs = 10_000;
/** A cluster that has not answered for so long is asked once a request, not for `metadataTimeoutMs`. */
const unreachableAfterMs = 5_000;

function shuttingDown(): KafkaError {
  return KafkaError.of('NETWORK_EXCEPTION', 'The proxy is shutting down.');
}

/** @throws {KafkaError} what stands between us and the topic, other than that it does not exist */
function topicOf(answer: MetadataAnswer, name: string): CachedTopic | undefined {
  const topic = answer.topics.get(name);
  if (!(topic instanceof KafkaError)) return topic;
  if (topic.kind === 'UNKNOWN_TOPIC_OR_PARTITION') return undefined;
  throw topic;
}

function settle(waiters: readonly Waiter[], answer: MetadataAnswer, name: string): void {
  for (const waiter of waiters) {
    try {
      waiter.resolve(topicOf(answer, name));
    } catch (error) {
      waiter.reject(error);
    }
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    const a = out[i];
    const b = out[j];
    if (a === undefined || b === undefined) continue;
    out[i] = b;
    out[j] = a;
  }
  return out;
}
