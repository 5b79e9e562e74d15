import { afterEach, describe, expect, it } from 'vitest';
import { FakeBrokers, ticks } from '../../../../test/support/fakes/fake-brokers.ts';
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
  deliveryTimeoutMs: 10_000,
  maxBlockMs: 500,
  bufferMemory: 1_000_000,
  retries: 1_000_000,
  enableIdempotence: true,
  maxInFlightRequestsPerConnection: 5,
  partitionerIgnoreKeys: false,
  retryBackoffMs: 1,
  retryBackoffMaxMs: 4,
};

const producers: CoalescingProducer[] = [];

afterEach(async () => {
  await Promise.all(producers.splice(0).map((producer) => producer.close(0)));
});

function producerOn(
  brokers: FakeBrokers,
  more: Partial<DispatcherConfig> = {},
  creates: boolean | 'unknown' = false,
): CoalescingProducer {
  const parts = {
    transport: brokers,
    metadata: brokers,
    autoCreation: async () => (creates === 'unknown' ? undefined : creates),
  };
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

describe('CoalescingProducer', () => {
  it('sends what one tick brings in one request a broker, one batch a partition', async () => {
    const brokers = new FakeBrokers(2, { t: 4, u: 1 });
    const producer = producerOn(brokers);
    await producer.send([record('first'), record('first', { topic: 'u' })]);
    brokers.requests.length = 0;

    const sends = Array.from({ length: 40 }, (_, i) =>
      producer.send([record(`v${i}`, { partition: i % 4 }), record(`u${i}`, { topic: 'u' })]),
    );
    const results = await Promise.all(sends);

    expect(brokers.requests.map((request) => request.batches.length).sort((a, b) => a - b)).toEqual([2, 3]);
    expect(brokers.values('t', 1)).toEqual(Array.from({ length: 10 }, (_, i) => `v${i * 4 + 1}`));
    for (const [i, [t, u]] of results.entries()) {
      const base = i % 4 === 0 ? 1 : 0;
      expect(t).toMatchObject({ partition: i % 4, offset: BigInt(Math.floor(i / 4) + base) });
      expect(u).toMatchObject({ partition: 0, offset: BigInt(i + 1) });
    }
  });

  it('has one batch a partition under way and merges what comes meanwhile', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.latency = () => 10;
    const producer = producerOn(brokers);
    const sends: Promise<readonly SendResult[]>[] = [];
    for (let i = 0; i < 60; i++) {
      sends.push(producer.send([record(`v${i}`)]));
      await ticks(1);
    }
    await Promise.all(sends);
    expect(brokers.mostInFlight).toBe(1);
    expect(brokers.requests.length).toBeLessThan(10);
    expect(brokers.values('t', 0)).toEqual(Array.from({ length: 60 }, (_, i) => `v${i}`));
  });

  it('has no more requests under way to a broker than allowed', async () => {
    const brokers = new FakeBrokers(1, { t: 30 });
    brokers.latency = () => 5;
    const producer = producerOn(brokers, { maxInFlightRequestsPerConnection: 2 });
    const sends: Promise<readonly SendResult[]>[] = [];
    for (let i = 0; i < 30; i++) {
      sends.push(producer.send([record(`v${i}`, { partition: i })]));
      await ticks(1);
    }
    await Promise.all(sends);
    expect(brokers.mostInFlight).toBe(2);
  });

  it('waits for more with linger.ms, but not once batch.size is there', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers, { lingerMs: 50, batchSize: 1_000 });
    const sends: Promise<readonly SendResult[]>[] = [];
    for (let i = 0; i < 5; i++) {
      sends.push(producer.send([record(`v${i}`)]));
      await ticks(2);
    }
    await Promise.all(sends);
    expect(brokers.requests).toHaveLength(1);

    const slow = producerOn(brokers, { lingerMs: 600_000, batchSize: 1_000 });
    const full = slow.send([record('x'.repeat(990))]);
    expect(brief(await full)).toEqual([5n]);
  });

  it('sends keyed records where the Java client does, and all others to partitions with a leader', async () => {
    const brokers = new FakeBrokers(1, { t: 3 });
    brokers.leaders.set('t/1', -1);
    const producer = producerOn(brokers, { batchSize: 1 });
    // murmur2('21') is -973932308, murmur2('abc') 479470107.
    const keyed = await producer.send([
      record('a', { partition: null, key: Buffer.from('21') }),
      record('b', { partition: null, key: Buffer.from('abc') }),
    ]);
    expect(keyed.map((one) => one.error ?? one.partition)).toEqual([
      (-973932308 & 0x7fffffff) % 3,
      479470107 % 3,
    ]);
    const keyless = await producer.send(Array.from({ length: 50 }, () => record('c', { partition: null })));
    const partitions = keyless.map((one) => (one.error === undefined ? one.partition : -1));
    expect(new Set(partitions)).toEqual(new Set([0, 2]));
  });

  it('ignores keys when told so', async () => {
    const brokers = new FakeBrokers(1, { t: 3 });
    const producer = producerOn(brokers, { partitionerIgnoreKeys: true, batchSize: 1 });
    const same = Array.from({ length: 60 }, () => record('a', { partition: null, key: Buffer.from('k') }));
    const results = await producer.send(same);
    expect(new Set(results.map((one) => (one.error === undefined ? one.partition : -1))).size).toBe(3);
  });

  it('answers for each record of a call that goes wrong in many ways', async () => {
    const brokers = new FakeBrokers(1, { t: 3, secret: 1 });
    brokers.batchFate = (batch) => (batch.topic === 'secret' ? { kind: 'code', code: 29 } : { kind: 'ok' });
    const producer = producerOn(brokers, { maxRequestSize: 2_000 });
    const results = await producer.send([
      record('a'),
      record('b', { partition: 99 }),
      record('c', { partition: -1 }),
      record('d', { topic: 'nope' }),
      record('e', { topic: 'bad name' }),
      record('f', { topic: 'secret' }),
      record('g'.repeat(2_000)),
      record('h', { timestamp: -1n }),
      record('i', { timestamp: 2n ** 63n }),
      record('j'),
    ]);
    expect(brief(results)).toEqual([
      0n,
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'INVALID_TOPIC_EXCEPTION',
      'TOPIC_AUTHORIZATION_FAILED',
      'MESSAGE_TOO_LARGE',
      'INVALID_TIMESTAMP',
      'INVALID_TIMESTAMP',
      1n,
    ]);
    expect(results.map((one) => one.error?.message)).toMatchObject({
      1: 'Partition 99 of topic t with partition count 3 is not present in metadata.',
      3: 'Topic nope not present in metadata.',
      4: 'Invalid topics: [bad name]',
      5: 'Not authorized to access topics: [secret]',
      // 61 of the batch, 21 of the record, 1 for the null key, 2 + 2000 for the value, 1 for no headers
      6: 'The message is 2086 bytes when serialized which is larger than 2000, which is the value of the max.request.size configuration.',
    });
    expect(brokers.values('t', 0)).toEqual(['a', 'j']);
    expect(brief(await producer.send([record('k')]))).toEqual([2n]);
  });

  it('finds partitions that were added since it last looked', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers);
    await producer.send([record('a')]);
    brokers.createTopic('t', 3);
    expect(brief(await producer.send([record('b', { partition: 2 })]))).toEqual([0n]);
  });

  it('writes to topics that the cluster creates when asked, and waits for them', async () => {
    for (const creates of [true, 'unknown'] as const) {
      const brokers = new FakeBrokers(1, {});
      brokers.creatable.set('t', 2);
      expect(brief(await producerOn(brokers, {}, creates).send([record('a')]))).toEqual([0n]);
    }
    const patient = producerOn(new FakeBrokers(1, {}), { maxBlockMs: 50 }, true);
    expect(brief(await patient.send([record('a')]))).toEqual(['UNKNOWN_TOPIC_OR_PARTITION']);
  });

  it('keeps the order of calls though the first had to look for the topic', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers);
    const sends = [producer.send([record('a')])];
    await ticks(1);
    sends.push(producer.send([record('b')]));
    await Promise.all(sends);
    brokers.invalidate('t');
    sends.push(producer.send([record('c')]), producer.send([record('d')]));
    await Promise.all(sends);
    expect(brokers.values('t', 0)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not hold up the event loop for a large call', async () => {
    const brokers = new FakeBrokers(1, { t: 3 });
    const producer = producerOn(brokers, { bufferMemory: 100_000_000 });
    await producer.send([record('first')]);
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    const many = Array.from({ length: 50_000 }, (_, i) => record(`v${i}`, { partition: i % 3 }));
    const results = await producer.send(many);
    running = false;
    expect(turns).toBeGreaterThan(12);
    expect(results.every((one) => one.error === undefined)).toBe(true);
    expect(brokers.values('t', 1)).toEqual(
      Array.from({ length: 50_000 }, (_, i) => `v${i}`).filter((_, i) => i % 3 === 1),
    );
  });

  it('reports the time of the log where the topic has it, else the time of the record', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers);
    const [own] = await producer.send([record('a', { timestamp: 12n })]);
    expect(own).toMatchObject({ timestamp: 12n });
    brokers.logAppendTime = 77n;
    const [appended] = await producer.send([record('a', { timestamp: 12n })]);
    expect(appended).toMatchObject({ timestamp: 77n });
  });

  it('does not know offsets without acks', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    const producer = producerOn(brokers, { acks: 0 });
    expect(brief(await producer.send([record('a'), record('b')]))).toEqual([-1n, -1n]);
    expect(brokers.values('t', 0)).toEqual(['a', 'b']);
    expect(brokers.log('t', 0).records[0]?.producerId).toBe(-1n);
  });

  it('refuses at once what goes over buffer.memory, and takes more when there is room', async () => {
    const brokers = new FakeBrokers(1, { t: 1 });
    brokers.latency = () => 20;
    const producer = producerOn(brokers, { bufferMemory: 10_000 });
    const first = producer.send([record('x'.repeat(9_000))]);
    const second = producer.send([record('y'.repeat(2_000)), record('z')]);
    expect(brief(await second)).toEqual(['BUFFER_EXHAUSTED', 'BUFFER_EXHAUSTED']);
    expect(brief(await first)).toEqual([0n]);
    expect(brief(await producer.send([record('y'.repeat(2_000))]))).toEqual([1n]);
    expect(brief(await producer.send([record('w'.repeat(50_000))]))).toEqual([2n]);
  });

  it('sends what it holds when it closes, fails what does not go out, and takes no more', async () => {
    const brokers = new FakeBrokers(1, { t: 1, u: 1 });
    brokers.batchFate = (batch) => (batch.topic === 'u' ? { kind: 'code', code: 19 } : { kind: 'ok' });
    const producer = producerOn(brokers);
    const good = producer.send([record('a')]);
    const stuck = producer.send([record('b', { topic: 'u' })]);
    await producer.close(50);
    expect(brief(await good)).toEqual([0n]);
    expect(brief(await stuck)).toEqual(['NETWORK_EXCEPTION']);
    expect(brief(await producer.send([record('c')]))).toEqual(['NETWORK_EXCEPTION']);
    expect(await producerOn(brokers).send([])).toEqual([]);
  });

  it('fails the records of a topic that is deleted under it', async () => {
    const brokers = new FakeBrokers(1, { t: 1, u: 1 });
    const producer = producerOn(brokers);
    await producer.send([record('a'), record('a', { topic: 'u' })]);
    brokers.deleteTopic('t');
    const [gone, there] = await Promise.all([
      producer.send([record('b')]),
      producer.send([record('b', { topic: 'u' })]),
    ]);
    expect(brief(there)).toEqual([1n]);
    expect(brief(gone)).toEqual(['UNKNOWN_TOPIC_OR_PARTITION']);
  });

  it('fails at once when the broker refuses the credentials', async () => {
    const brokers = new FakeBrokers(2, { t: 2 });
    brokers.connectError = (id) => (id === 1 ? KafkaError.of('SASL_AUTHENTICATION_FAILED') : undefined);
    const producer = producerOn(brokers);
    const results = await producer.send([record('a'), record('b', { partition: 1 })]);
    expect(brief(results)).toEqual(['SASL_AUTHENTICATION_FAILED', 0n]);
  });
});
