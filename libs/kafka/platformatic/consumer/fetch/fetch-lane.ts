import type { Reader } from '@platformatic/kafka';
import { Writer } from '@platformatic/kafka';
import { KafkaError } from '../../../kafka-error.ts';
import type { BrokerAddress, BrokerConnection } from '../../broker-connection.ts';
import type { Connections } from '../../connections.ts';
import { keyOf } from '../topic-partitions.ts';
import {
  encodeFetch,
  noTopicId,
  type FetchItem,
  type FetchLimits,
  type FetchVersion,
} from './fetch-request.ts';
import { decodeFetch, type FetchAnswer, type FetchedPartition } from './fetch-response.ts';

/** What one consumer wants of one broker. */
export interface FetchCall {
  readonly items: readonly FetchItem[];
  readonly limits: FetchLimits;
  /** Nothing is known to be there: the broker will hold the request until something is. */
  readonly waits: boolean;
}

/** By item; one that the broker did not mention is not there. */
export type FetchResult = ReadonlyMap<FetchItem, FetchedPartition>;

interface Pending {
  readonly call: FetchCall;
  /** When the answer is of no use any more, of performance.now(). */
  readonly deadline: number;
  resolve(result: FetchResult): void;
  reject(error: unknown): void;
}

/**
 * The fetches of all consumers that go to one broker, over a bounded number of connections.
 *
 * A fetch that waits for records holds its connection. When more consumers wait than there are connections, those that
 * queue share one: their partitions travel in one request, which ends when one of them has records. Fetches of records
 * that are known to be there have connections of their own and do not queue behind those that wait.
 */
export class FetchLane {
  readonly #connections: Connections;
  readonly #address: BrokerAddress;
  readonly #limit: number;
  readonly #ready: Pending[] = [];
  readonly #waiting: Pending[] = [];
  #busy = 0;
  #busyWaiting = 0;
  #patienceMs = firstPatienceMs;

  /** @param limit most connections at a time */
  constructor(connections: Connections, address: BrokerAddress, limit: number) {
    this.#connections = connections;
    this.#address = address;
    this.#limit = limit;
  }

  /** Whether nothing is under way or queued. */
  get isIdle(): boolean {
    return this.#busy === 0 && this.#ready.length === 0 && this.#waiting.length === 0;
  }

  /** @throws {KafkaError} when there is no answer */
  fetch(call: FetchCall): Promise<FetchResult> {
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + call.limits.maxWaitMs;
      (call.waits ? this.#waiting : this.#ready).push({ call, deadline, resolve, reject });
      this.#start();
    });
  }

  #start(): void {
    while (this.#ready.length > 0 && this.#busy < this.#limit)
      void this.#run(this.#ready.splice(0, 1), false);
    this.#dropLate();
    for (;;) {
      const free = Math.min(this.#limit - this.#busy, this.#waitingLimit - this.#busyWaiting);
      if (this.#waiting.length === 0 || free <= 0) return;
      const batch = this.#together(Math.min(Math.ceil(this.#waiting.length / free), mostCallsTogether));
      void this.#run(batch, true);
    }
  }

  /** Connections that fetches may hold while they wait: some are always left for records that are there. */
  get #waitingLimit(): number {
    return Math.max(1, Math.floor(this.#limit * 0.75));
  }

  #dropLate(): void {
    const now = performance.now();
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      if ((this.#waiting[i]?.deadline ?? now) >= now) continue;
      for (const late of this.#waiting.splice(i, 1)) late.resolve(new Map());
    }
  }

  /** Takes up to `count` calls that can share a request out of the queue: a broker refuses a partition named twice. */
  #together(count: number): Pending[] {
    const batch: Pending[] = [];
    const partitions = new Set<string>();
    for (
      let i = 0;
      i < this.#waiting.length && batch.length < count && partitions.size < mostItemsTogether;
    ) {
      const pending = this.#waiting[i];
      const first = batch[0];
      if (
        pending === undefined ||
        (first !== undefined && pending.call.limits.isolation !== first.call.limits.isolation) ||
        (first !== undefined && pending.call.limits.minBytes !== first.call.limits.minBytes) ||
        pending.call.items.some((item) => partitions.has(keyOf(item)))
      ) {
        i++;
        continue;
      }
      for (const item of pending.call.items) partitions.add(keyOf(item));
      batch.push(pending);
      this.#waiting.splice(i, 1);
    }
    return batch;
  }

  async #run(batch: readonly Pending[], waits: boolean): Promise<void> {
    this.#busy++;
    if (waits) this.#busyWaiting++;
    try {
      const answer = await this.#ask(
        batch.flatMap(({ call }) => call.items),
        this.#limitsOf(batch),
      );
      const byKey = new Map(answer.partitions.map((found) => [`${found.topic}-${found.partition}`, found]));
      for (const one of batch) one.resolve(resultOf(one.call, answer.version, byKey, batch.length > 1));
    } catch (error) {
      for (const one of batch) one.reject(error);
    } finally {
      this.#busy--;
      if (waits) this.#busyWaiting--;
      this.#start();
    }
  }

  #limitsOf(batch: readonly Pending[]): FetchLimits {
    const first = batch[0]?.call.limits;
    if (first === undefined) throw new TypeError('A fetch of nothing.');
    if (batch.length === 1 && this.#busyWaiting * 2 <= this.#waitingLimit) return first;
    // Whoever comes next should not wait long for a connection.
    const now = performance.now();
    const remaining = Math.min(...batch.map(({ deadline }) => deadline - now));
    const sum = batch.reduce((bytes, { call }) => bytes + call.limits.maxBytes, 0);
    return {
      ...first,
      maxWaitMs: Math.max(0, Math.min(Math.ceil(remaining), crowdedWaitMs)),
      maxBytes: Math.max(first.maxBytes, Math.min(sum, mostBytesTogether)),
    };
  }

  async #ask(
    items: readonly FetchItem[],
    limits: FetchLimits,
  ): Promise<FetchAnswer & { readonly version: FetchVersion }> {
    const held = await this.#connections.borrow(this.#address);
    try {
      const version = versionFor(held.connection, items);
      const api = {
        key: fetchKey,
        version,
        flexibleHeaders: true,
        parse: (reader: Reader) => decodeFetch(version, reader.buffer.slice(reader.position)),
      };
      const sent = held.connection.send(api, () =>
        Writer.create().append(encodeFetch(version, limits, items)),
      );
      const answer = await this.#patiently(sent, held.connection, limits.maxWaitMs);
      if (answer.errorCode !== 0) throw KafkaError.ofCode(answer.errorCode);
      return { ...answer, version };
    } finally {
      held.release();
    }
  }

  /** A broker that hangs without closing the connection must not hold a fetch for the connection's own long limit. */
  async #patiently<T>(sent: Promise<T>, connection: BrokerConnection, maxWaitMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#patienceMs = Math.min(this.#patienceMs * 2, this.#connections.config.requestTimeoutMs);
        reject(KafkaError.of('REQUEST_TIMED_OUT'));
        connection.close();
      }, maxWaitMs + this.#patienceMs).unref();
    });
    try {
      const answer = await Promise.race([sent, late]);
      this.#patienceMs = firstPatienceMs;
      return answer;
    } finally {
      clearTimeout(timer);
      sent.catch(() => {});
    }
  }
}

const fetchKey = 1;
const mostCallsTogether = 64;
const mostItemsTogether = 1000;
const mostBytesTogether = 8 * 1024 * 1024;
const crowdedWaitMs = 100;
/** How long after its own wait a broker may take; longer after it has taken longer. */
const firstPatienceMs = 5_000;

const versions = [
  { key: fetchKey, version: 13 },
  { key: fetchKey, version: 12 },
] as const;

function versionFor(connection: BrokerConnection, items: readonly FetchItem[]): FetchVersion {
  const hasIds = items.every(({ topicId }) => topicId !== noTopicId);
  return connection.choose(hasIds ? versions : versions.slice(1)).version;
}

function resultOf(
  { items }: FetchCall,
  version: FetchVersion,
  found: ReadonlyMap<string, FetchedPartition>,
  isShared: boolean,
): FetchResult {
  const result = new Map<FetchItem, FetchedPartition>();
  for (const item of items) {
    const topic = version >= 13 ? item.topicId.replaceAll('-', '') : item.topic;
    const partition = found.get(`${topic}-${item.partition}`);
    if (partition === undefined) continue;
    // One consumer must not keep what others have long read in memory.
    const records =
      isShared && partition.records !== null ? Buffer.from(partition.records) : partition.records;
    result.set(item, isShared ? { ...partition, records } : partition);
  }
  return result;
}
