import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeBrokers, ticks, type Fate } from '../../../../test/support/fakes/fake-brokers.ts';
import type { SendResult } from '../../kafka-producer.ts';
import type { ProducerRecord } from '../../kafka-types.ts';
import { CoalescingProducer } from './coalescing-producer.ts';
import type { DispatcherConfig } from './dispatcher.ts';

const config: DispatcherConfig = {
  acks: -1,
  compressionType: 'none',
  compressionLevel: undefined,
  lingerMs: 0,
  batchSize: 16_384,
  maxRequestSize: 1_048_576,
  requestTimeoutMs: 30_000,
  deliveryTimeoutMs: 60_000,
  maxBlockMs: 500,
  bufferMemory: 10_000_000,
  retries: 1_000_000,
  enableIdempotence: true,
  maxInFlightRequestsPerConnection: 5,
  partitionerIgnoreKeys: false,
  retryBackoffMs: 1,
  retryBackoffMaxMs: 3,
};

const producers: CoalescingProducer[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(producers.splice(0).map((producer) => producer.close(0)));
});

function producerOn(brokers: FakeBrokers, more: Partial<DispatcherConfig> = {}): CoalescingProducer {
  const parts = { transport: brokers, metadata: brokers, autoCreation: async () => false };
  const producer = new CoalescingProducer(parts, { ...config, ...more });
  producers.push(producer);
  return producer;
}

function record(value: string, partition = 0): ProducerRecord {
  return { topic: 't', partition, key: null, value: Buffer.from(value) };
}

/** Offsets, or kinds of errors. */
function brief(results: readonly SendResult[]): (bigint | string)[] {
  return results.map((result) => (result.error === undefined ? result.offset : result.error.kind));
}

describe('a leader that goes', () => {
  // With acks=all a broker says so also of a batch that it has written, when it loses the partition before the others
  // have the batch: DelayedProduce.
  it.each([
    ['UNKNOWN_TOPIC_OR_PARTITION', 3],
    ['NOT_LEADER_OR_FOLLOWER', 6],
  ])('may have written what it answered %s to: its sequence is not used again', async (_kind, code) => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const fates: Fate[] = [{ kind: 'writtenCode', code }];
    brokers.batchFate = () => fates.shift() ?? { kind: 'ok' };
    const producer = producerOn(brokers, { retries: 0 });

    expect((await producer.send([record('a')]))[0]?.error).toBeDefined();
    const results = await producer.send([record('b')]);

    expect(brokers.values('t', 0)).toEqual(['a', 'b']);
    expect(brief(results)).toEqual([1n]);
  });

  it('holds up no partition that waited for a connection to it, once another leads', async () => {
    const brokers = new FakeBrokers(2, { t: 2 });
    for (const partition of [0, 1]) brokers.leaders.set(`t/${partition}`, 1);
    brokers.requestFate = () => (brokers.requests.at(-1)?.broker === 1 ? 'stuck' : 'ok');
    const producer = producerOn(brokers, { maxInFlightRequestsPerConnection: 1, deliveryTimeoutMs: 8_000 });
    const underWay = producer.send([record('a', 0)]);
    await vi.waitFor(() => expect(brokers.requests).toHaveLength(1));
    const parked = producer.send([record('b', 1)]);
    for (const partition of [0, 1]) brokers.leaders.set(`t/${partition}`, 2);

    expect(brief(await underWay)).toEqual([0n]);
    expect(brief(await parked)).toEqual([0n]);
  }, 15_000);
});

describe('a clock that is set back', () => {
  it('makes no record linger for longer', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers, { lingerMs: 5, deliveryTimeoutMs: 2_000 });
    await producer.send([record('a')]);
    brokers.latency = () => 50;
    const first = producer.send([record('b')]);
    while (brokers.inFlight === 0) await ticks(1);
    const second = producer.send([record('c')]);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() - 3_600_000);

    expect(brief(await first)).toEqual([1n]);
    expect(brief(await second)).toEqual([2n]);
  });
});
