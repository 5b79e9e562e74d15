import { KafkaError } from '../../../kafka-error.ts';
import type { AutoOffsetReset, BrokerNode, IsolationLevel } from '../../../kafka-types.ts';
import { backoffMs } from '../../../retries.ts';
import type { ClusterMetadata } from '../../cluster-metadata.ts';
import { asKafkaError, topicError } from '../errors.ts';
import { ownCopy } from '../own-copy.ts';
import type { PartitionState } from '../partition-state.ts';
import { keyOf } from '../topic-partitions.ts';
import type { FetchLanes } from './fetch-lanes.ts';
import type { FetchItem, FetchLimits } from './fetch-request.ts';
import type { FetchShare } from './fetch-shares.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { RecordChunk } from './record-chunk.ts';

export interface FetcherOptions {
  readonly isolation: IsolationLevel;
  readonly reset: AutoOffsetReset;
  /** Of one fetch, if the share allows it; with several leaders each gets a part. */
  readonly maxBytes: number;
  readonly share: FetchShare;
  readonly maxPartitionBytes: number;
  readonly maxWaitMs: number;
  readonly checkCrcs: boolean;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

interface Asked {
  readonly state: PartitionState;
  readonly version: number;
  readonly item: FetchItem;
}

/** Fetches the partitions of one consumer from their leaders into their states. */
export class PartitionFetcher {
  readonly #lanes: FetchLanes;
  readonly #metadata: ClusterMetadata;
  readonly #options: FetcherOptions;
  readonly #changed: () => void;
  readonly #asking = new Map<number, number>();
  readonly #learning = new Set<string>();
  #turn = 0;

  /** @param changed is called when records came, or something that a poll has to look at */
  constructor(lanes: FetchLanes, metadata: ClusterMetadata, options: FetcherOptions, changed: () => void) {
    this.#lanes = lanes;
    this.#metadata = metadata;
    this.#options = options;
    this.#changed = changed;
  }

  /**
   * Asks for records of all partitions that have few of them and are not asked for yet.
   *
   * @param waitMs how long brokers may wait for records; 0 asks only for what is there
   * @param minBytes what to wait for, where one request covers it
   */
  fetch(states: Iterable<PartitionState>, waitMs: number, minBytes: number): void {
    this.#fetch(states, waitMs, minBytes, false);
  }

  /** Asks for records that are known to be there, before anybody wants them. */
  prefetch(states: Iterable<PartitionState>): void {
    if (this.#options.share.mayFetchAhead()) this.#fetch(states, 0, 1, true);
  }

  #fetch(states: Iterable<PartitionState>, waitMs: number, minBytes: number, isAhead: boolean): void {
    const now = performance.now();
    const wanted: PartitionState[] = [];
    let buffered = 0;
    for (const state of states) {
      const bytes = state.bufferedBytes;
      buffered += bytes;
      if (this.#isWanted(state, bytes, now) && (!isAhead || hasMore(state))) wanted.push(state);
    }
    if (wanted.length === 0 || buffered > this.#maxBytes() / 2) return;
    const byLeader = this.#byLeader(wanted.sort((a, b) => a.servedAt - b.servedAt));
    for (const { leader, asked } of byLeader.values()) {
      if ((this.#asking.get(leader.id) ?? 0) >= mostRequestsALeader) continue;
      const needed = byLeader.size === 1 && this.#asking.size === 0 ? minBytes : 1;
      void this.#ask(leader, asked, this.#limits(waitMs, needed, byLeader.size));
    }
  }

  #maxBytes(): number {
    const { maxBytes, share } = this.#options;
    return Math.min(maxBytes, share.bytes());
  }

  #isWanted(state: PartitionState, bufferedBytes: number, now: number): boolean {
    return (
      state.position !== undefined &&
      !state.isHeld &&
      state.failure === undefined &&
      !state.isAsked &&
      state.retryAt <= now &&
      bufferedBytes * 2 < this.#options.maxPartitionBytes
    );
  }

  #limits(waitMs: number, minBytes: number, leaders: number): FetchLimits {
    const { maxWaitMs, isolation } = this.#options;
    const maxBytes = this.#maxBytes();
    return {
      maxWaitMs: Math.max(0, Math.ceil(Math.min(waitMs, maxWaitMs))),
      minBytes: Math.min(minBytes, maxBytes),
      maxBytes: Math.max(Math.floor(maxBytes / leaders), Math.min(maxBytes, leastBytes)),
      isolation,
    };
  }

  #byLeader(states: readonly PartitionState[]): Map<number, { leader: BrokerNode; asked: Asked[] }> {
    const byLeader = new Map<number, { leader: BrokerNode; asked: Asked[] }>();
    const unknown = new Map<string, PartitionState[]>();
    for (const state of states) {
      const topic = this.#metadata.cached(state.topic);
      const partition = topic?.partitions[state.partition];
      const leader =
        partition === undefined || partition.leader < 0 ? undefined : this.#metadata.node(partition.leader);
      const offset = state.fetchOffset;
      if (topic === undefined || partition === undefined || leader === undefined || offset === undefined) {
        const list = unknown.get(state.topic);
        if (list === undefined) unknown.set(state.topic, [state]);
        else list.push(state);
        continue;
      }
      const item: FetchItem = {
        topic: state.topic,
        topicId: topic.topicId,
        partition: state.partition,
        offset,
        leaderEpoch: partition.leaderEpoch,
        // Epochs of a topic that had the name before say nothing of this one.
        lastEpoch: state.topicId === undefined || state.topicId === topic.topicId ? state.fetchEpoch : -1,
        maxBytes: this.#options.maxPartitionBytes,
      };
      const group = byLeader.get(leader.id);
      const asked = { state, version: state.version, item };
      if (group === undefined) byLeader.set(leader.id, { leader, asked: [asked] });
      else group.asked.push(asked);
    }
    for (const [topic, list] of unknown) void this.#learn(topic, list);
    return byLeader;
  }

  /** Never rejects. */
  async #ask(leader: BrokerNode, asked: readonly Asked[], limits: FetchLimits): Promise<void> {
    this.#asking.set(leader.id, (this.#asking.get(leader.id) ?? 0) + 1);
    for (const { state } of asked) state.asked();
    const isKnownToBeThere = asked.some(({ state }) => hasMore(state));
    try {
      const items = asked.map(({ item }) => item);
      const waits = limits.maxWaitMs > 0 && !isKnownToBeThere;
      const answer = this.#lanes.fetch(leader, { items, limits, waits });
      const result = await this.#unlessMoved(answer, leader, asked, limits.maxWaitMs);
      for (const one of asked) {
        one.state.answered(one.version);
        const found = result.get(one.item);
        if (found !== undefined && isCurrent(one)) this.#take(one, found);
      }
    } catch (error) {
      const failure = asKafkaError(error);
      for (const one of asked) {
        one.state.answered(one.version);
        if (isCurrent(one)) this.#failed(one.state, failure);
      }
    }
    const left = (this.#asking.get(leader.id) ?? 1) - 1;
    if (left > 0) this.#asking.set(leader.id, left);
    else this.#asking.delete(leader.id);
    this.#changed();
  }

  /**
   * Waits for a broker as long as it leads: one that is frozen or cut off does not say that another has taken over. What
   * it answers in the end is then of no use.
   */
  async #unlessMoved<T>(
    answer: Promise<T>,
    leader: BrokerNode,
    asked: readonly Asked[],
    maxWaitMs: number,
  ): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    const moved = new Promise<never>((_, reject) => {
      const look = async (): Promise<void> => {
        if (await this.#hasMoved(leader, asked)) reject(KafkaError.of('NOT_LEADER_OR_FOLLOWER'));
        else if (!isOver) timer = setTimeout(() => void look(), lookEveryMs).unref();
      };
      timer = setTimeout(() => void look(), maxWaitMs + lookEveryMs).unref();
    });
    try {
      return await Promise.race([answer, moved]);
    } finally {
      isOver = true;
      clearTimeout(timer);
      answer.catch(() => {});
      moved.catch(() => {});
    }
  }

  /** Asks the cluster, all that look in one tick at once. Never rejects. */
  async #hasMoved(leader: BrokerNode, asked: readonly Asked[]): Promise<boolean> {
    try {
      const topics = [...new Set(asked.map(({ state }) => state.topic))];
      for (const topic of topics) this.#metadata.invalidate(topic);
      await Promise.all(topics.map((topic) => this.#metadata.topic(topic)));
    } catch {
      return false;
    }
    return asked.some(({ state }) => {
      const now = this.#metadata.leaderOf(state.topic, state.partition);
      return (
        now !== undefined && (now.id !== leader.id || now.host !== leader.host || now.port !== leader.port)
      );
    });
  }

  #take({ state, item }: Asked, found: FetchedPartition): void {
    if (found.errorCode !== 0) {
      this.#failed(state, KafkaError.ofCode(found.errorCode));
      return;
    }
    if (state.topicId !== undefined && state.topicId !== item.topicId) {
      // The topic has been created anew: what is at this offset does not follow what was read.
      this.#failed(state, KafkaError.of('OFFSET_OUT_OF_RANGE'));
      return;
    }
    state.topicId = item.topicId;
    if (found.diverging !== undefined) {
      this.#cutOff(state, found.diverging);
      return;
    }
    state.succeeded();
    state.logEnd =
      this.#options.isolation === 'read_committed' ? found.lastStableOffset : found.highWatermark;
    if (found.records === null || found.records.length === 0) return;
    const { topic, partition, offset } = item;
    const chunk = new RecordChunk({
      topic,
      partition,
      offset,
      records: ownBytes(found.records),
      abortedTransactions: found.abortedTransactions,
      checkCrcs: this.#options.checkCrcs,
    });
    if (chunk.isEmpty) {
      // It did not fit after others: next time it comes first, and then a broker sends it whole.
      state.servedAt = 0;
      return;
    }
    state.servedAt = ++this.#turn;
    state.add(chunk);
  }

  /** The log was cut behind what was read (an unclean election): as the Java client, go on where it still is the same. */
  #cutOff(state: PartitionState, { endOffset, epoch }: { endOffset: bigint; epoch: number }): void {
    if (this.#options.reset !== 'none') {
      // What was fetched ahead is void, but what it held before the cut has yet to be polled.
      const { position } = state;
      if (position !== undefined && position < endOffset) state.seek(position);
      else state.seek(endOffset, epoch);
      return;
    }
    const text = `Detected log truncation of ${state.key} at offset ${endOffset}, before ${state.fetchOffset ?? -1n}.`;
    state.failure = { error: KafkaError.of('OFFSET_OUT_OF_RANGE', text), isPassing: false };
  }

  #failed(state: PartitionState, error: KafkaError): void {
    state.failed(error, backoffMs(this.#options, state.failures));
    switch (error.kind) {
      case 'OFFSET_OUT_OF_RANGE':
        this.#outOfRange(state);
        return;
      case 'TOPIC_AUTHORIZATION_FAILED':
        state.failure = { error: topicError(error, state.topic), isPassing: true };
        return;
      case 'CORRUPT_MESSAGE': {
        const text = `The broker cannot read ${state.key} at offset ${state.fetchOffset ?? -1n}: ${error.message}`;
        state.failure = {
          error: new KafkaError(error.kind, error.code, false, text, { cause: error }),
          isPassing: true,
        };
        return;
      }
      default:
        // Whatever it is, the leader may be another one by now.
        this.#metadata.invalidate(state.topic);
        if (!error.retriable && error.kind !== 'UNKNOWN_SERVER_ERROR')
          state.failure = { error: topicError(error, state.topic), isPassing: true };
    }
  }

  #outOfRange(state: PartitionState): void {
    // Records before it have been fetched and are still to be polled, or a poll has them and has not ended.
    if (state.fetchOffset !== state.position) return;
    if (this.#options.reset !== 'none') {
      state.seekTo(this.#options.reset);
      return;
    }
    const text = `Fetch position ${state.fetchOffset ?? -1n} is out of range for partition ${keyOf(state)}`;
    state.failure = { error: KafkaError.of('OFFSET_OUT_OF_RANGE', text), isPassing: false };
  }

  /** Asks for the leaders of a topic. Never rejects. */
  async #learn(topic: string, states: readonly PartitionState[]): Promise<void> {
    if (this.#learning.has(topic)) return;
    this.#learning.add(topic);
    try {
      const found = await this.#metadata.topic(topic);
      for (const state of states) {
        const partition = found?.partitions[state.partition];
        const kind = partition === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'LEADER_NOT_AVAILABLE';
        const isLed = partition !== undefined && this.#metadata.node(partition.leader) !== undefined;
        if (!isLed) this.#failed(state, KafkaError.of(kind));
      }
    } catch (error) {
      for (const state of states) this.#failed(state, asKafkaError(error));
    }
    this.#learning.delete(topic);
    this.#changed();
  }
}

/** More than one, so that a partition that was sought need not wait for a fetch of the others to end. */
const mostRequestsALeader = 4;
const leastBytes = 128 * 1024;
/** A broker that is late may not be the leader any more. */
const lookEveryMs = 1_500;

/** When last seen, the log went on after what has been fetched. */
function hasMore({ logEnd, fetchOffset }: PartitionState): boolean {
  return logEnd !== undefined && fetchOffset !== undefined && logEnd > fetchOffset;
}

/** Nobody has sought, revoked or dropped since it was asked for. */
function isCurrent({ state, version, item }: Asked): boolean {
  return state.version === version && state.fetchOffset === item.offset && state.lookup === undefined;
}

/** A few records do not keep a whole answer in memory. */
function ownBytes(records: Buffer): Buffer {
  return records.length * 2 < records.buffer.byteLength ? ownCopy(records) : records;
}
