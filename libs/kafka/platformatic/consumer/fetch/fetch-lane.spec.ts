import { describe, expect, it } from 'vitest';
import { KafkaError } from '../../../kafka-error.ts';
import { FetchLane, type FetchCall } from './fetch-lane.ts';
import type { FetchItem, FetchLimits } from './fetch-request.ts';
import type { FetchedPartition } from './fetch-response.ts';
import type { VersionedAnswer } from './fetch-transport.ts';

interface Request {
  readonly items: readonly FetchItem[];
  readonly limits: FetchLimits;
  /** Answers every partition, with records where named. */
  answer(records?: Readonly<Record<string, string>>): Promise<void>;
  fail(error: Error): Promise<void>;
}

/** A broker that answers when the test says so. */
class HeldBroker {
  readonly requests: Request[] = [];

  readonly ask = (items: readonly FetchItem[], limits: FetchLimits): Promise<VersionedAnswer> =>
    new Promise((resolve, reject) => {
      this.requests.push({
        items,
        limits,
        answer: (records = {}) => {
          const partitions = items.map((item) => found(item, records[`${item.topic}-${item.partition}`]));
          resolve({ version: 12, errorCode: 0, partitions });
          return settled();
        },
        fail: (error) => {
          reject(error);
          return settled();
        },
      });
    });

  at(index: number): Request {
    const request = this.requests.at(index);
    if (request === undefined) throw new Error(`there are ${this.requests.length} requests`);
    return request;
  }
}

function found({ topic, partition }: FetchItem, records: string | undefined): FetchedPartition {
  return {
    topic,
    partition,
    errorCode: 0,
    highWatermark: 0n,
    lastStableOffset: 0n,
    diverging: undefined,
    abortedTransactions: [],
    records: records === undefined ? null : Buffer.from(records),
  };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function item(topic: string, offset = 0n, partition = 0): FetchItem {
  return { topic, topicId: '', partition, offset, leaderEpoch: -1, lastEpoch: -1, maxBytes: 100 };
}

function waiting(items: readonly FetchItem[], more: Partial<FetchLimits> = {}): FetchCall {
  const isolation = 'read_uncommitted' as const;
  return { items, waits: true, limits: { maxWaitMs: 500, minBytes: 1, maxBytes: 1000, isolation, ...more } };
}

describe('FetchLane', () => {
  it('sends a fetch as it is while there are connections', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 4);
    const call = waiting([item('a'), item('b')]);
    const result = lane.fetch(call);

    expect(broker.at(0)).toMatchObject({ items: call.items, limits: call.limits });
    await broker.at(0).answer({ 'b-0': 'x' });

    expect([...(await result)].map(([{ topic }, { records }]) => [topic, records?.toString()])).toEqual([
      ['a', undefined],
      ['b', 'x'],
    ]);
    expect(lane.isIdle).toBe(true);
  });

  it('lets all who wait for the same record wait with one request', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 4);
    const results = Array.from({ length: 100 }, () => lane.fetch(waiting([item('a', 7n)])));
    const elsewhere = lane.fetch(waiting([item('a', 6n)]));
    const differently = lane.fetch(waiting([item('a', 7n)], { isolation: 'read_committed' }));

    expect(broker.requests).toHaveLength(3);
    await broker.at(0).answer({ 'a-0': 'x' });
    const texts = (await Promise.all(results)).map((one) => [...one.values()][0]?.records?.toString());
    expect(texts).toEqual(results.map(() => 'x'));
    await broker.at(1).answer();
    await broker.at(2).answer();
    await Promise.all([elsewhere, differently]);
  });

  it('joins those that queue into one request, and gives each its own', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 4);
    const names = Array.from({ length: 20 }, (_, i) => `t${i}`);
    const results = names.map((name) => lane.fetch(waiting([item(name)])));
    expect(broker.requests).toHaveLength(3);

    await broker.at(0).answer();

    expect(broker.requests).toHaveLength(4);
    expect(broker.at(3).items.map(({ topic }) => topic)).toEqual(names.slice(3));
    expect(broker.at(3).limits.maxWaitMs).toBeLessThanOrEqual(100);
    await broker.at(3).answer({ 't5-0': 'five' });
    const five = await results[5];
    expect([...(five ?? [])].map(([{ topic }, { records }]) => [topic, records?.toString()])).toEqual([
      ['t5', 'five'],
    ]);
    for (const index of [1, 2]) await broker.at(index).answer();
    await Promise.all(results);
  });

  it('bounds what travels together', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 2);
    const results = Array.from({ length: 101 }, (_, i) => lane.fetch(waiting([item(`t${i}`)])));

    for (let i = 0; i < 3; i++) await broker.at(i).answer();

    await Promise.all(results);
    expect(broker.requests.map(({ items }) => items.length)).toEqual([1, 64, 36]);
  });

  it('never names a partition twice in a request', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 2);
    const results = [0n, 1n, 2n, 2n].map((offset) => lane.fetch(waiting([item('a', offset)])));
    for (let i = 0; i < 3; i++) {
      const { items } = broker.at(i);
      expect(items).toHaveLength(1);
      await broker.at(i).answer();
    }

    await Promise.all(results);
    expect(broker.requests.map(({ items }) => items[0]?.offset)).toEqual([0n, 1n, 2n]);
  });

  it('does not let records that are there queue behind those that wait', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 4);
    const results = Array.from({ length: 10 }, (_, i) => lane.fetch(waiting([item(`t${i}`)])));
    results.push(lane.fetch({ ...waiting([item('ready')]), waits: false }));

    expect(broker.at(-1).items[0]?.topic).toBe('ready');
    for (let i = 0; i < broker.requests.length; i++) await broker.at(i).answer();
    await Promise.all(results);
  });

  it('drops what nobody waits for any more', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 1);
    const first = lane.fetch(waiting([item('a')]));
    const late = lane.fetch(waiting([item('b')], { maxWaitMs: 0 }));
    await new Promise((resolve) => setTimeout(resolve, 2));

    await broker.at(0).answer();

    expect((await late).size).toBe(0);
    expect(broker.requests).toHaveLength(1);
    await first;
  });

  it('tells all of a failure, and goes on', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 4);
    const results = [1, 2].map(() => lane.fetch(waiting([item('a')])));

    const seen = Promise.allSettled(results);
    await broker.at(0).fail(KafkaError.of('NETWORK_EXCEPTION'));

    expect((await seen).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = lane.fetch(waiting([item('a')]));
    await broker.at(1).answer({ 'a-0': 'x' });
    expect((await next).size).toBe(1);
  });

  it('gives a consumer of a shared answer its own part of the memory', async () => {
    const broker = new HeldBroker();
    const lane = new FetchLane(broker.ask, 1);
    const results = ['a', 'b', 'c'].map((name) => lane.fetch(waiting([item(name)])));
    await broker.at(0).answer();
    const records = Buffer.alloc(100_000).subarray(0, 50_000).toString('latin1');

    await broker.at(1).answer({ 'b-0': records, 'c-0': 'c' });

    const kept = [...((await results[2]) ?? new Map<FetchItem, FetchedPartition>()).values()][0]?.records;
    expect(kept?.buffer.byteLength).toBeLessThan(50_000);
    await Promise.all(results);
  });
});
