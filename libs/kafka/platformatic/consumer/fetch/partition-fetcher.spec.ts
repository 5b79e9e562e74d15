import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { KafkaConnectionConfig } from '../../../connection-config.ts';
import type { BrokerNode } from '../../../kafka-types.ts';
import { ClusterMetadata } from '../../cluster-metadata.ts';
import { Connections } from '../../connections.ts';
import type { CachedTopic } from '../../metadata-requests.ts';
import { batchOverhead, encodeBatch, recordSizeUpperBound, sealBatch } from '../../record-batch.ts';
import { AssignedPartitions } from '../assigned-partitions.ts';
import type { PartitionState } from '../partition-state.ts';
import { PollBatch } from '../poll-batch.ts';
import type { FetchCall, FetchResult } from './fetch-lane.ts';
import { FetchLanes } from './fetch-lanes.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { FetchShares } from './fetch-shares.ts';
import { PartitionFetcher } from './partition-fetcher.ts';

const connection: KafkaConnectionConfig = {
  brokers: [],
  clientId: 'test',
  tls: undefined,
  sasl: undefined,
  connectTimeoutMs: 1_000,
  requestTimeoutMs: 1_000,
  retryBackoffMs: 0,
  retryBackoffMaxMs: 0,
  metadataMaxAgeMs: 60_000,
  connectionsMaxIdleMs: 60_000,
};

const connections = new Connections(connection);
afterAll(() => connections.close());
afterEach(() => {
  vi.useRealTimers();
});

function broker(id: number): BrokerNode {
  return { id, host: 'broker', port: id, rack: null };
}

class OneTopic extends ClusterMetadata {
  topicId = 'id';
  /** As the cluster has it; known when asked for. */
  leader = 1;
  #known = 1;

  override cached(): CachedTopic {
    return {
      name: 't',
      topicId: this.topicId,
      internal: false,
      partitions: [{ partition: 0, leader: this.#known, leaderEpoch: 7, replicas: [1], inSyncReplicas: [1] }],
    };
  }

  override topic(): Promise<CachedTopic> {
    this.#known = this.leader;
    return Promise.resolve(this.cached());
  }

  override node(id: number): BrokerNode {
    return broker(id);
  }

  override leaderOf(): BrokerNode {
    return broker(this.#known);
  }
}

/** Answers what the test says, and remembers the offsets asked for. */
class ToldLanes extends FetchLanes {
  readonly asked: bigint[] = [];
  readonly epochs: number[] = [];
  readonly leaders: number[] = [];
  readonly #answers: (Partial<FetchedPartition> | 'none')[];

  constructor(answers: (Partial<FetchedPartition> | 'none')[]) {
    super(connections);
    this.#answers = answers;
  }

  override async fetch(leader: BrokerNode, { items }: FetchCall): Promise<FetchResult> {
    const answer = this.#answers.shift() ?? {};
    this.asked.push(...items.map(({ offset }) => offset));
    this.epochs.push(...items.map(({ lastEpoch }) => lastEpoch));
    this.leaders.push(leader.id);
    if (answer === 'none') return new Promise(() => {});
    const found: FetchedPartition = {
      topic: 't',
      partition: 0,
      errorCode: 0,
      highWatermark: 1_000n,
      lastStableOffset: 1_000n,
      diverging: undefined,
      abortedTransactions: [],
      records: null,
      ...answer,
    };
    return new Map(items.map((item) => [item, found]));
  }
}

function recordsFrom(offset: bigint, count: number): Buffer {
  const records = Array.from({ length: count }, (_, i) => ({
    topic: 't',
    partition: 0,
    key: null,
    value: Buffer.from(`${offset + BigInt(i)}`),
  }));
  const size = batchOverhead + records.reduce((sum, record) => sum + recordSizeUpperBound(record), 0);
  const bytes = encodeBatch([{ source: { records, timestamp: 0 }, start: 0, end: count }], count, size);
  bytes.writeBigInt64BE(offset, 0);
  bytes.writeInt32BE(3, 12);
  sealBatch(bytes, { producerId: -1n, epoch: -1, sequence: -1 });
  return bytes;
}

/** One partition at offset 0, with a poll that has not ended. */
function setUp(answers: (Partial<FetchedPartition> | 'none')[]): {
  readonly lanes: ToldLanes;
  readonly metadata: OneTopic;
  readonly state: PartitionState;
  readonly batch: PollBatch;
  readonly fetch: () => Promise<void>;
  readonly take: (into?: PollBatch) => void;
  readonly settle: (of?: PollBatch) => (string | undefined)[];
} {
  const lanes = new ToldLanes(answers);
  const assigned = new AssignedPartitions();
  const [state] = assigned.add([{ topic: 't', partition: 0 }]);
  if (state === undefined) throw new Error('it was assigned');
  state.seek(0n);
  let changed = (): void => {};
  const options = {
    isolation: 'read_uncommitted',
    reset: 'latest',
    maxBytes: 1_000_000,
    share: new FetchShares().share(),
    maxPartitionBytes: 1_000_000,
    maxWaitMs: 0,
    checkCrcs: true,
    retryBackoffMs: 0,
    retryBackoffMaxMs: 0,
  } as const;
  const metadata = new OneTopic(connections);
  const fetcher = new PartitionFetcher(lanes, metadata, options, () => changed());
  const batch = new PollBatch({ timeoutMs: 0, maxBytes: 1_000_000, minBytes: 1_000 });
  return {
    lanes,
    metadata,
    state,
    batch,
    fetch: () =>
      new Promise((resolve) => {
        changed = resolve;
        fetcher.fetch([state], 0, 1);
      }),
    take: (into = batch) => {
      assigned.refresh();
      assigned.take(into, () => true);
    },
    settle: (of = batch) => of.settle(assigned.holds).map(({ value }) => value?.toString()),
  };
}

describe('PartitionFetcher', () => {
  it('loses nothing that a poll has collected when what comes next is out of range', async () => {
    const { state, fetch, take, settle, lanes } = setUp([{ records: recordsFrom(0n, 3) }, { errorCode: 1 }]);
    await fetch();
    take();

    await fetch();

    expect(settle()).toEqual(['0', '1', '2']);
    expect(state.position).toBe(3n);
    await fetch();
    expect(lanes.asked).toEqual([0n, 3n, 3n]);
  });

  it('resets once all that was fetched has been polled', async () => {
    const { state, fetch, take, settle } = setUp([{ records: recordsFrom(0n, 3) }, { errorCode: 1 }]);
    await fetch();
    take();
    settle();

    await fetch();

    expect(state.lookup).toBe('latest');
  });

  it('goes on where the log was cut', async () => {
    const diverging = { epoch: 2, endOffset: 2n };
    const { state, fetch, take, settle } = setUp([{ records: recordsFrom(0n, 3) }, { diverging }]);
    await fetch();
    take();
    settle();

    await fetch();

    expect([state.position, state.fetchOffset, state.fetchEpoch]).toEqual([2n, 2n, 2]);
  });

  it('passes over nothing that is before the place where the log was cut', async () => {
    const diverging = { epoch: 2, endOffset: 5n };
    const { state, fetch } = setUp([{ records: recordsFrom(0n, 8) }, { diverging }]);
    await fetch();

    await fetch();

    expect([state.position, state.fetchOffset]).toEqual([0n, 0n]);
  });

  it('loses nothing that a poll has collected when the log is cut', async () => {
    const diverging = { epoch: 2, endOffset: 5n };
    const { state, fetch, take, settle } = setUp([{ records: recordsFrom(0n, 8) }, { diverging }]);
    await fetch();
    take();

    await fetch();

    expect(settle()).toEqual([]);
    expect([state.position, state.fetchOffset]).toEqual([0n, 0n]);
  });

  it('starts anew in a topic of the same name once all of the old one has been polled', async () => {
    const { state, fetch, take, settle, lanes, metadata } = setUp([
      { records: recordsFrom(0n, 3) },
      { records: recordsFrom(3n, 3) },
      { records: recordsFrom(3n, 3) },
    ]);
    await fetch();
    metadata.topicId = 'other';

    await fetch();
    expect(state.lookup).toBeUndefined();
    take();
    expect(settle()).toEqual(['0', '1', '2']);
    await fetch();

    expect(state.lookup).toBe('latest');
    // The old log's epochs say nothing of the new one.
    expect(lanes.epochs).toEqual([-1, -1, -1]);
  });

  it('stays where it was sought in a topic that is another by now', async () => {
    const { state, fetch, metadata } = setUp([{}, { records: recordsFrom(7n, 1) }]);
    await fetch();
    metadata.topicId = 'other';
    state.seek(7n);

    await fetch();

    expect(state.fetchOffset).toBe(8n);
  });

  it('does not wait for a broker that does not answer once another leads', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { state, fetch, lanes, metadata } = setUp(['none', { records: recordsFrom(0n, 3) }]);
    const asked = fetch();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(state.isAsked).toBe(true);
    metadata.leader = 2;
    await vi.advanceTimersByTimeAsync(2_000);
    await asked;

    await fetch();

    expect(lanes.leaders).toEqual([1, 2]);
    expect(state.fetchOffset).toBe(3n);
    expect(vi.getTimerCount()).toBe(0);
  });
});
