import { afterEach, describe, expect, it } from 'vitest';
import { FakeBrokers, ticks, type Fate } from '../../../../test/support/fakes/fake-brokers.ts';
import { KafkaError } from '../../kafka-error.ts';
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
  requestTimeoutMs: 1_000,
  deliveryTimeoutMs: 30_000,
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
  await Promise.all(producers.splice(0).map((producer) => producer.close(0)));
});

function producerOn(brokers: FakeBrokers, more: Partial<DispatcherConfig> = {}): CoalescingProducer {
  const parts = { transport: brokers, metadata: brokers, autoCreation: async () => false };
  const producer = new CoalescingProducer(parts, { ...config, ...more });
  producers.push(producer);
  return producer;
}

function record(value: string, more: Partial<ProducerRecord> = {}): ProducerRecord {
  return { topic: 't', partition: 0, key: null, value: Buffer.from(value), ...more };
}

/** Offsets, or kinds of errors. */
function brief(results: readonly SendResult[]): (bigint | string)[] {
  return results.map((result) => (result.error === undefined ? result.offset : result.error.kind));
}

/** The fates in turn, then nothing but success. */
function inTurn(...fates: Fate[]): () => Fate {
  return () => fates.shift() ?? { kind: 'ok' };
}

function code(number: number): Fate {
  return { kind: 'code', code: number };
}

describe('delivery', () => {
  it.each([
    ['LEADER_NOT_AVAILABLE', 5],
    ['NOT_LEADER_OR_FOLLOWER', 6],
    ['REQUEST_TIMED_OUT', 7],
    ['NOT_ENOUGH_REPLICAS', 19],
    ['KAFKA_STORAGE_ERROR', 56],
    ['CORRUPT_MESSAGE', 2],
  ])('tries again after %s', async (_kind, number) => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.batchFate = inTurn(code(number), code(number));
    const producer = producerOn(brokers);
    expect(brief(await producer.send([record('a'), record('b')]))).toEqual([0n, 1n]);
    expect(brokers.values('t', 0)).toEqual(['a', 'b']);
  });

  it('gives up after as many retries as allowed, with the last error', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.batchFate = () => code(19);
    const producer = producerOn(brokers, { retries: 2 });
    expect(brief(await producer.send([record('a')]))).toEqual(['NOT_ENOUGH_REPLICAS']);
    expect(brokers.requests).toHaveLength(3);
  });

  it('does not try again what no retry can mend, and does not stop for it', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers);
    await producer.send([record('a')]);
    brokers.batchFate = inTurn(code(44), code(29));
    expect(brief(await producer.send([record('b')]))).toEqual(['POLICY_VIOLATION']);
    expect(brief(await producer.send([record('c')]))).toEqual(['TOPIC_AUTHORIZATION_FAILED']);
    expect(brief(await producer.send([record('d')]))).toEqual([1n]);
    // The sequence has no gap, so the epoch is the first one still.
    expect(brokers.log('t', 0).records.map((one) => one.epoch)).toEqual([0, 0]);
  });

  it('follows a leader that moves, to the one a broker names or the one of the metadata', async () => {
    const brokers = new FakeBrokers(3, { t: 1 });
    const producer = producerOn(brokers, { retryBackoffMs: 60_000, retryBackoffMaxMs: 60_000 });
    await producer.send([record('a')]);
    brokers.leaders.set('t/0', 3);
    brokers.notLeaderNames = true;
    expect(brief(await producer.send([record('b')]))).toEqual([1n]);

    const asking = producerOn(brokers);
    await asking.send([record('c')]);
    brokers.leaders.set('t/0', 2);
    brokers.notLeaderNames = false;
    expect(brief(await asking.send([record('d')]))).toEqual([3n]);
  });

  it('waits for a leader while there is none', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.leaders.set('t/0', -1);
    const producer = producerOn(brokers);
    const send = producer.send([record('a')]);
    await ticks(50);
    expect(brokers.requests).toHaveLength(0);
    brokers.leaders.set('t/0', 1);
    expect(brief(await send)).toEqual([0n]);
  });

  it('tries again when a broker cannot be reached, without counting that as a try', async () => {
    const brokers = new FakeBrokers(2, { t: 1 });
    brokers.connectError = (id) => (id === 1 ? KafkaError.of('NETWORK_EXCEPTION') : undefined);
    const producer = producerOn(brokers, { retries: 0 });
    const send = producer.send([record('a')]);
    await ticks(30);
    brokers.leaders.set('t/0', 2);
    expect(brief(await send)).toEqual([0n]);
  });

  it('splits a batch that is too large for the topic, and fails only the record that is', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.batchFate = (batch) => (batch.bytes.length > 1_000 ? code(10) : { kind: 'ok' });
    const producer = producerOn(brokers);
    const values = Array.from({ length: 60 }, (_, i) => (i === 37 ? 'x'.repeat(2_000) : `v${i}`.padEnd(60)));
    const results = await producer.send(values.map((value) => record(value)));
    expect(
      results.map((one, i) => (one.error === undefined ? undefined : [i, one.error.kind])).filter(Boolean),
    ).toEqual([[37, 'MESSAGE_TOO_LARGE']]);
    expect(brokers.values('t', 0)).toEqual(values.filter((_, i) => i !== 37));
    expect(new Set(brokers.log('t', 0).records.map((one) => one.epoch))).toEqual(new Set([0]));
  });

  it.each([true, false])(
    'writes the others of a batch with bad records, in order (broker names the bad ones: %s)',
    async (named) => {
      const brokers = new FakeBrokers(1, { t: 1 });
      brokers.batchFate = (_batch, values) => {
        const bad = values.map((value, i) => (value.startsWith('bad') ? i : -1)).filter((i) => i >= 0);
        return bad.length === 0 ? { kind: 'ok' } : { kind: 'refused', code: 87, bad, named };
      };
      const producer = producerOn(brokers);
      const one = producer.send(['a', 'bad1', 'b', 'bad2', 'bad3'].map((value) => record(value)));
      const other = producer.send(['c', 'd', 'bad4', 'e'].map((value) => record(value)));
      expect(brief(await one)).toEqual([0n, 'INVALID_RECORD', 1n, 'INVALID_RECORD', 'INVALID_RECORD']);
      expect(brief(await other)).toEqual([2n, 3n, 'INVALID_RECORD', 4n]);
      expect(brokers.values('t', 0)).toEqual(['a', 'b', 'c', 'd', 'e']);
      const [, bad] = await one;
      if (named) expect(bad?.error?.message).toBe('record 1 is bad');
    },
  );

  it('fails what is not delivered in time, naming why, and goes on in a new epoch', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers, { deliveryTimeoutMs: 100 });
    await producer.send([record('a')]);
    brokers.batchFate = () => ({ kind: 'code', code: 7 });
    const [late] = await producer.send([record('b')]);
    expect(late?.error).toMatchObject({ kind: 'REQUEST_TIMED_OUT', retriable: true });
    expect(late?.error?.message).toContain('100 ms has passed');
    expect(late?.error?.message).toContain('The last error was REQUEST_TIMED_OUT');
    brokers.batchFate = () => ({ kind: 'ok' });
    expect(brief(await producer.send([record('c')]))).toEqual([1n]);
    expect(brokers.log('t', 0).records).toMatchObject([{ epoch: 0 }, { epoch: 1 }]);
  });

  it('fails in time though a broker never answers', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.requestFate = () => 'stuck';
    const producer = producerOn(brokers, { deliveryTimeoutMs: 60 });
    expect(brief(await producer.send([record('a')]))).toEqual(['REQUEST_TIMED_OUT']);
  });

  it('does not let a batch in that comes late, after it was given up', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers, { retries: 0 });
    await producer.send([record('a')]);
    brokers.latency = () => 3;
    const fates = ['late' as const];
    brokers.requestFate = () => fates.shift() ?? 'ok';
    expect(brief(await producer.send([record('given up')]))).toEqual(['NETWORK_EXCEPTION']);
    expect(brief(await producer.send([record('b')]))).toEqual([1n]);
    await ticks(60);
    expect(brokers.values('t', 0)).toEqual(['a', 'b']);
  });

  it('finds its place again when the answer to a written batch is lost', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const fates = ['ackLost' as const, 'ackLost' as const];
    brokers.requestFate = () => fates.shift() ?? 'ok';
    const producer = producerOn(brokers);
    expect(brief(await producer.send([record('a'), record('b')]))).toEqual([0n, 1n]);
    expect(brokers.values('t', 0)).toEqual(['a', 'b']);
  });

  it.each([
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45, 0n, 1],
    ['UNKNOWN_PRODUCER_ID', 59, 0n, 1],
    ['INVALID_PRODUCER_EPOCH', 47, 1n, 0],
  ])('starts anew after %s', async (_kind, number, newIds, epoch) => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers);
    await producer.send([record('a')]);
    brokers.batchFate = inTurn(code(number));
    expect(brief(await producer.send([record('b')]))).toEqual([1n]);
    expect(brief(await producer.send([record('c')]))).toEqual([2n]);
    const [first, ...rest] = brokers.log('t', 0).records;
    expect(rest).toMatchObject([
      { producerId: (first?.producerId ?? 0n) + newIds, epoch },
      { producerId: (first?.producerId ?? 0n) + newIds, epoch },
    ]);
  });

  it('takes DUPLICATE_SEQUENCE_NUMBER for written, at an offset that nobody knows', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.batchFate = inTurn(code(46));
    expect(brief(await producerOn(brokers).send([record('a')]))).toEqual([-1n]);
  });

  it.each(['InitProducerId', 'Produce'])('goes on without idempotence when %s is refused', async (where) => {
    const brokers = new FakeBrokers(1, { t: 1 });
    if (where === 'InitProducerId') brokers.initError = KafkaError.of('CLUSTER_AUTHORIZATION_FAILED');
    else brokers.batchFate = inTurn(code(31));
    const producer = producerOn(brokers);
    expect(brief(await producer.send([record('a')]))).toEqual([0n]);
    expect(brief(await producer.send([record('b')]))).toEqual([1n]);
    expect(brokers.log('t', 0).records.map((one) => one.producerId)).toEqual([-1n, -1n]);
  });

  it('waits for a producer id as long as a record may wait', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.initError = KafkaError.of('COORDINATOR_LOAD_IN_PROGRESS');
    const producer = producerOn(brokers, { deliveryTimeoutMs: 80 });
    expect(brief(await producer.send([record('a')]))).toEqual(['REQUEST_TIMED_OUT']);
    const send = producer.send([record('b')]);
    brokers.initError = undefined;
    expect(brief(await send)).toEqual([0n]);
    expect(brokers.values('t', 0)).toEqual(['b']);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('compresses: %s', async (compressionType) => {
    const brokers = new FakeBrokers(1, { t: 2 });
    const producer = producerOn(brokers, { compressionType });
    const values = Array.from({ length: 2_000 }, (_, i) => `value ${i}`.padEnd(100, '.'));
    const results = await producer.send(values.map((value, i) => record(value, { partition: i % 2 })));
    expect(results.every((one, i) => one.error === undefined && one.offset === BigInt(i >> 1))).toBe(true);
    expect(brokers.values('t', 1)).toEqual(values.filter((_, i) => i % 2 === 1));
    expect(brokers.requests[0]?.batches[0]?.bytes.length).toBeLessThan(50_000);
  });
});

/** Without timers a seed gives the same run each time. */
const atOnce = { retryBackoffMs: 0, retryBackoffMaxMs: 0 };

/** Numbers that look random and are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Brokers on which everything goes wrong now and then. */
function troubledBrokers(random: () => number): FakeBrokers {
  const brokers = new FakeBrokers(3, { t: 3, u: 2 });
  const oneOf = <T>(...items: T[]): T => items[Math.floor(random() * items.length)] as T;
  brokers.latency = () => 1 + Math.floor(random() * 4);
  brokers.requestFate = () => (random() < 0.85 ? 'ok' : oneOf('lost', 'late', 'ackLost'));
  brokers.connectError = () => (random() < 0.97 ? undefined : KafkaError.of('NETWORK_EXCEPTION'));
  brokers.batchFate = (batch, values) => {
    if (random() < 0.03)
      brokers.leaders.set(`${batch.topic}/${batch.partition}`, 1 + Math.floor(random() * 3));
    if (random() < 0.04) brokers.notLeaderNames = !brokers.notLeaderNames;
    const bad = values.map((value, i) => (value.includes('bad') ? i : -1)).filter((i) => i >= 0);
    if (bad.length > 0) return { kind: 'refused', code: 87, bad, named: random() < 0.5 };
    if (batch.bytes.length > 2_000) return code(10);
    if (random() < 0.85) return { kind: 'ok' };
    return oneOf<Fate>(
      code(19),
      code(5),
      code(7),
      { kind: 'writtenCode', code: 6 },
      { kind: 'writtenCode', code: 7 },
      { kind: 'writtenCode', code: 20 },
      code(44),
      { kind: 'skewed' },
      { kind: 'fenced' },
    );
  };
  return brokers;
}

interface Sent {
  readonly topic: string;
  readonly partition: number;
  readonly value: string;
  readonly result: SendResult;
}

async function produceUnder(
  trouble: FakeBrokers,
  random: () => number,
  producer: CoalescingProducer,
): Promise<Sent[]> {
  const sends: Promise<Sent[]>[] = [];
  for (let call = 0; call < 120; call++) {
    const records = Array.from({ length: 1 + Math.floor(random() * 12) }, (_, i) => {
      const topic = random() < 0.6 ? 't' : 'u';
      const partition = Math.floor(random() * (topic === 't' ? 3 : 2));
      const value = `${random() < 0.02 ? 'bad' : 'v'} ${call} ${i}`.padEnd(Math.floor(random() * 200));
      return record(value, { topic, partition });
    });
    sends.push(
      producer.send(records).then((results) =>
        results.map((result, i) => ({
          topic: records[i]?.topic ?? '',
          partition: records[i]?.partition ?? -1,
          value: records[i]?.value?.toString() ?? '',
          result,
        })),
      ),
    );
    await ticks(Math.floor(random() * 3));
  }
  const sent = (await Promise.all(sends)).flat();
  // What was given up may still be on its way.
  await ticks(100);
  expect(trouble.inFlight).toBe(0);
  return sent;
}

describe('delivery when everything goes wrong now and then', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'loses, doubles and reorders nothing that it acknowledged (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const brokers = troubledBrokers(random);
      const producer = producerOn(brokers, { ...atOnce, retries: 4 + Math.floor(random() * 8) });
      const sent = await produceUnder(brokers, random, producer);

      const acknowledged = sent.filter((one) => one.result.error === undefined);
      expect(acknowledged.length).toBeGreaterThan(sent.length / 2);
      for (const [key, log] of brokers.logs) {
        const values = log.records.map((one) => one.value);
        expect(new Set(values).size, `no value twice in ${key}`).toBe(values.length);
        const here = sent.filter((one) => `${one.topic}/${one.partition}` === key);
        const order = new Map(here.map((one, i) => [one.value, i]));
        const positions = values.map((value) => order.get(value) ?? -1);
        expect(positions, `order of ${key}`).toEqual([...positions].sort((a, b) => a - b));
        for (const { value, result } of here) {
          if (value.startsWith('bad')) expect(result.error?.kind).toBeDefined();
          if (result.error === undefined) expect(values[Number(result.offset)]).toBe(value);
        }
      }
    },
  );

  it.each([1, 2, 3, 4, 5])(
    'knows where every acknowledged record is, also without idempotence (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const brokers = troubledBrokers(random);
      const producer = producerOn(brokers, { ...atOnce, enableIdempotence: false });
      const sent = await produceUnder(brokers, random, producer);
      for (const { topic, partition, value, result } of sent) {
        if (result.error === undefined) {
          expect(brokers.values(topic, partition)[Number(result.offset)]).toBe(value);
        }
      }
    },
  );
});
