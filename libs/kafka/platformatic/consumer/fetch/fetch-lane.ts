import { ownCopy } from '../own-copy.ts';
import { keyOf } from '../topic-partitions.ts';
import type { FetchItem, FetchLimits, FetchVersion } from './fetch-request.ts';
import type { FetchedPartition } from './fetch-response.ts';
import type { VersionedAnswer } from './fetch-transport.ts';

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

/** A request under way, and everybody whom its answer serves. */
interface Running {
  readonly served: Pending[];
  readonly items: ReadonlyMap<string, FetchItem>;
}

/**
 * The fetches of all consumers that go to one broker, over a bounded number of connections.
 *
 * A fetch that waits for records holds its connection. Whoever waits for the same record as another shares its request.
 * When more wait for different ones than there are connections, those that queue travel in one request, which ends when
 * one of them has records. Fetches of records that are known to be there have connections of their own and do not queue
 * behind those that wait.
 */
export class FetchLane {
  readonly #ask: (items: readonly FetchItem[], limits: FetchLimits) => Promise<VersionedAnswer>;
  readonly #limit: number;
  readonly #ready: Pending[] = [];
  #waiting: Pending[] = [];
  readonly #runningWaits = new Set<Running>();
  /** The waits under way, by what they wait for. */
  readonly #waitsFor = new Map<string, Running>();
  #busy = 0;

  /** @param ask sends one request to the broker @param limit most requests, each with a connection, at a time */
  constructor(
    ask: (items: readonly FetchItem[], limits: FetchLimits) => Promise<VersionedAnswer>,
    limit: number,
  ) {
    this.#ask = ask;
    this.#limit = limit;
  }

  /** Whether nothing is under way or queued. */
  get isIdle(): boolean {
    return this.#busy === 0 && this.#ready.length === 0 && this.#waiting.length === 0;
  }

  /** @throws {KafkaError} when there is no answer */
  fetch(call: FetchCall): Promise<FetchResult> {
    return new Promise((resolve, reject) => {
      const pending = { call, deadline: performance.now() + call.limits.maxWaitMs, resolve, reject };
      if (!call.waits) this.#ready.push(pending);
      else if (!this.#shares(pending)) this.#waiting.push(pending);
      this.#start();
    });
  }

  /** Lets a call wait with a request that waits for the same. */
  #shares(pending: Pending): boolean {
    let running: Running | undefined;
    for (const item of pending.call.items) {
      const found = this.#waitsFor.get(waitKey(item, pending.call.limits));
      if (found === undefined || (running !== undefined && running !== found)) return false;
      running = found;
    }
    running?.served.push(pending);
    return running !== undefined;
  }

  #start(): void {
    while (this.#ready.length > 0 && this.#busy < this.#limit) {
      const served = this.#ready.splice(0, 1);
      void this.#run({ served, items: itemsOf(served) }, false);
    }
    this.#dropLate();
    for (;;) {
      const free = Math.min(this.#limit - this.#busy, this.#waitingLimit - this.#runningWaits.size);
      if (this.#waiting.length === 0 || free <= 0) return;
      const served = this.#together(Math.min(Math.ceil(this.#waiting.length / free), mostCallsTogether));
      void this.#run({ served, items: itemsOf(served) }, true);
    }
  }

  /** Connections that fetches may hold while they wait: some are always left for records that are there. */
  get #waitingLimit(): number {
    return Math.max(1, Math.floor(this.#limit * 0.75));
  }

  #dropLate(): void {
    const now = performance.now();
    for (const late of this.#waiting.filter(({ deadline }) => deadline < now)) late.resolve(new Map());
    this.#waiting = this.#waiting.filter(({ deadline }) => deadline >= now);
  }

  /** Takes calls that can share a request out of the queue: up to `count` different ones, and those that wait for the same. */
  #together(count: number): Pending[] {
    const batch: Pending[] = [];
    const rest: Pending[] = [];
    const items = new Map<string, FetchItem>();
    let different = 0;
    for (const pending of this.#waiting) {
      const { limits } = batch[0]?.call ?? pending.call;
      const isNew = pending.call.items.some((item) => !items.has(keyOf(item)));
      const isRoom = different < count && items.size < mostItemsTogether;
      if ((isNew && !isRoom) || !isAlike(limits, pending.call.limits) || clashes(items, pending.call.items)) {
        rest.push(pending);
        continue;
      }
      if (isNew) different++;
      for (const item of pending.call.items) items.set(keyOf(item), item);
      batch.push(pending);
    }
    this.#waiting = rest;
    return batch;
  }

  async #run(running: Running, waits: boolean): Promise<void> {
    const limits = this.#limitsOf(running.served);
    this.#busy++;
    if (waits) this.#announce(running, limits);
    try {
      const answer = await this.#ask([...running.items.values()], limits);
      this.#retire(running, limits);
      const isShared = running.served.length > 1;
      const found = new Map(
        answer.partitions.map((one) => [`${one.topic}-${one.partition}`, own(one, isShared)]),
      );
      for (const one of running.served) one.resolve(resultOf(one.call, answer.version, found));
    } catch (error) {
      this.#retire(running, limits);
      for (const one of running.served) one.reject(error);
    }
    this.#busy--;
    this.#start();
  }

  #announce(running: Running, limits: FetchLimits): void {
    this.#runningWaits.add(running);
    for (const item of running.items.values()) {
      const key = waitKey(item, limits);
      if (!this.#waitsFor.has(key)) this.#waitsFor.set(key, running);
    }
  }

  #retire(running: Running, limits: FetchLimits): void {
    this.#runningWaits.delete(running);
    for (const item of running.items.values()) {
      const key = waitKey(item, limits);
      if (this.#waitsFor.get(key) === running) this.#waitsFor.delete(key);
    }
  }

  #limitsOf(batch: readonly Pending[]): FetchLimits {
    const first = batch[0]?.call.limits;
    if (first === undefined) throw new TypeError('A fetch of nothing.');
    if (batch.length === 1 && this.#runningWaits.size * 2 <= this.#waitingLimit) return first;
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
}

const mostCallsTogether = 64;
const mostItemsTogether = 1000;
const mostBytesTogether = 8 * 1024 * 1024;
const crowdedWaitMs = 100;
/** Two who wait with the same key are served by the same answer. */
function waitKey(
  { topic, partition, offset, lastEpoch }: FetchItem,
  { isolation, minBytes }: FetchLimits,
): string {
  return `${topic}-${partition} ${offset} ${lastEpoch} ${isolation} ${minBytes}`;
}

function isAlike(a: FetchLimits, b: FetchLimits): boolean {
  return a.isolation === b.isolation && a.minBytes === b.minBytes;
}

/** A broker refuses a request that names a partition twice. */
function clashes(items: ReadonlyMap<string, FetchItem>, more: readonly FetchItem[]): boolean {
  return more.some((item) => {
    const other = items.get(keyOf(item));
    return other !== undefined && (other.offset !== item.offset || other.lastEpoch !== item.lastEpoch);
  });
}

function itemsOf(served: readonly Pending[]): ReadonlyMap<string, FetchItem> {
  return new Map(served.flatMap(({ call }) => call.items.map((item) => [keyOf(item), item] as const)));
}

/** One consumer must not keep in memory what others have long read. */
function own(found: FetchedPartition, isShared: boolean): FetchedPartition {
  return isShared && found.records !== null ? { ...found, records: ownCopy(found.records) } : found;
}

function resultOf(
  { items }: FetchCall,
  version: FetchVersion,
  found: ReadonlyMap<string, FetchedPartition>,
): FetchResult {
  const result = new Map<FetchItem, FetchedPartition>();
  for (const item of items) {
    const topic = version >= 13 ? item.topicId.replaceAll('-', '') : item.topic;
    const partition = found.get(`${topic}-${item.partition}`);
    if (partition !== undefined) result.set(item, partition);
  }
  return result;
}
