import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaConnectionConfig, ProducerConfig } from '#libs/kafka/connection-config.ts';
import type { KafkaProducer, SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import { connectionTo, readLog } from '../support/log-reader.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

/** Kafka's own defaults, but for times. */
export const producerDefaults: ProducerConfig = {
  acks: -1,
  compressionType: 'none',
  compressionLevel: undefined,
  lingerMs: 0,
  batchSize: 16_384,
  maxRequestSize: 1_048_576,
  requestTimeoutMs: 30_000,
  deliveryTimeoutMs: 30_000,
  maxBlockMs: 10_000,
  bufferMemory: 33_554_432,
  retries: 2_147_483_647,
  enableIdempotence: true,
  maxInFlightRequestsPerConnection: 5,
  partitionerIgnoreKeys: false,
};

/** Makes producers, and ends what it made. */
export interface ProducerFactory {
  make(connection: KafkaConnectionConfig, config: ProducerConfig): KafkaProducer;
  close(): Promise<void>;
}

/** What every producer behind the port must do, on a real broker. */
export function kafkaProducerContract(name: string, factory: ProducerFactory): void {
  describe(`KafkaProducer: ${name}`, () => {
    let kafka: string;

    beforeAll(async () => {
      kafka = await sharedKafka();
    });

    afterAll(() => factory.close());

    const producerWith = (more: Partial<ProducerConfig> = {}): KafkaProducer =>
      factory.make(connectionTo(kafka), { ...producerDefaults, ...more });

    const topicWith = (partitions: number, configs: Record<string, string> = {}): Promise<string> =>
      createTopic(kafka, uniqueName('producer'), { partitions, configs });

    it('writes every byte of a record, and tells null from empty', async () => {
      const topic = await topicWith(1);
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      const empty = Buffer.alloc(0);
      const records: ProducerRecord[] = [
        { topic, partition: 0, key: null, value: null },
        { topic, partition: 0, key: empty, value: empty },
        { topic, partition: 0, key: everyByte, value: everyByte, timestamp: 1n },
        {
          topic,
          partition: 0,
          key: null,
          value: everyByte,
          timestamp: BigInt(Date.now()),
          headers: [
            { key: 'a', value: everyByte },
            { key: '', value: null },
            { key: 'é€😀', value: empty },
          ],
        },
      ];
      const startedAt = BigInt(Date.now());
      const results = await producerWith().send(records);

      const log = await readLog(kafka, topic, 0);
      expect(log.map(({ key, value }) => ({ key, value }))).toEqual(
        records.map(({ key, value }) => ({ key, value })),
      );
      expect(log[3]?.headers.map(([key, value]) => ({ key: key?.toString(), value }))).toEqual(
        records[3]?.headers,
      );
      expect(results).toEqual(log.map(({ offset, timestamp }) => ({ partition: 0, offset, timestamp })));
      expect(log[2]?.timestamp).toBe(1n);
      expect(log[0]?.timestamp).toBeGreaterThanOrEqual(startedAt);
    });

    it('answers for each record, in order, whatever becomes of the others', async () => {
      const topic = await topicWith(3);
      const fixed = await topicWith(1, { 'max.message.bytes': '2000' });
      const value = Buffer.from('v');
      const results = await producerWith().send([
        { topic, partition: 2, key: null, value },
        { topic, partition: 99, key: null, value },
        { topic: fixed, partition: 0, key: null, value: Buffer.alloc(5_000) },
        { topic: 'bad name', partition: 0, key: null, value },
        { topic: fixed, partition: 0, key: null, value },
        { topic, partition: 2, key: null, value: Buffer.alloc(1_100_000) },
        { topic, partition: 2, key: null, value },
      ]);
      expect(kinds(results)).toEqual([
        0n,
        'UNKNOWN_TOPIC_OR_PARTITION',
        'MESSAGE_TOO_LARGE',
        'INVALID_TOPIC_EXCEPTION',
        0n,
        'MESSAGE_TOO_LARGE',
        1n,
      ]);
      for (const partition of [0, 1]) expect(await readLog(kafka, topic, partition)).toEqual([]);
      expect(await readLog(kafka, topic, 2)).toHaveLength(2);
    });

    it('puts the same key where the Java client puts it, and uses every partition without keys', async () => {
      const topic = await topicWith(12);
      const producer = producerWith({ batchSize: 200 });
      // murmur2 as in Kafka's own tests.
      const hashes = { '21': -973932308, foobar: -790332482, 'a-little-bit-long-string': -985981536 };
      const keyed = await producer.send(
        Object.keys(hashes).map((key) => ({ topic, partition: null, key: Buffer.from(key), value: null })),
      );
      expect(keyed.map((one) => one.error ?? one.partition)).toEqual(
        Object.values(hashes).map((hash) => (hash & 0x7fffffff) % 12),
      );
      const keyless = await producer.send(
        Array.from({ length: 600 }, () => ({ topic, partition: null, key: null, value: Buffer.alloc(50) })),
      );
      expect(new Set(keyless.map((one) => one.error ?? one.partition)).size).toBe(12);
    });

    it('keeps the order of a partition over many calls, and gives each record its own offset', async () => {
      const topic = await topicWith(3);
      const producer = producerWith();
      const sends = Array.from({ length: 600 }, (_, call) =>
        producer.send(
          Array.from({ length: 1 + (call % 5) }, (_, i) => ({
            topic,
            partition: (call + i) % 3,
            key: null,
            value: Buffer.from(`${call}/${i}`),
          })),
        ),
      );
      const results = await Promise.all(sends);
      for (const partition of [0, 1, 2]) {
        const log = await readLog(kafka, topic, partition);
        const sent = results.flatMap((call, c) =>
          call.map((result, i) => ({ partition: (c + i) % 3, value: `${c}/${i}`, result })),
        );
        const here = sent.filter((one) => one.partition === partition);
        expect(log.map((one) => one.value?.toString())).toEqual(here.map((one) => one.value));
        expect(here.map((one) => one.result.error ?? one.result.offset)).toEqual(
          log.map((one) => one.offset),
        );
      }
    });

    it('writes 50,000 records of one call without holding up the event loop', async () => {
      const topic = await topicWith(3);
      const producer = producerWith();
      await producer.send([{ topic, partition: 0, key: null, value: null }]);
      const records = Array.from({ length: 50_000 }, (_, i) => ({
        topic,
        partition: null,
        key: Buffer.from(`key ${i}`),
        value: Buffer.from(`value ${i}`.padEnd(100)),
      }));
      let turns = 0;
      const turn = setInterval(() => turns++, 0);
      const results = await producer.send(records);
      clearInterval(turn);
      expect(turns).toBeGreaterThan(10);

      const logs = await Promise.all([0, 1, 2].map((partition) => readLog(kafka, topic, partition)));
      expect(logs.reduce((sum, log) => sum + log.length, 0)).toBe(50_001);
      for (const [i, result] of results.entries()) {
        if (result.error !== undefined) throw result.error;
        const found = logs[result.partition]?.[Number(result.offset)];
        if (found?.value?.equals(records[i]?.value ?? Buffer.alloc(0)) !== true) {
          throw new Error(`record ${i} is not at ${result.partition}/${result.offset}`);
        }
      }
    });

    it.each([
      ['gzip', 1],
      ['snappy', 2],
      ['lz4', 3],
      ['zstd', 4],
    ] as const)('compresses with %s so that the broker can read it', async (compressionType, code) => {
      const topic = await topicWith(1);
      const producer = producerWith({ compressionType });
      // One small batch, and one so large that it is compressed in another thread where that is possible.
      for (const count of [50, 5_000]) {
        const values = Array.from({ length: count }, (_, i) => Buffer.from(`value ${i}`.padEnd(100, '.')));
        const results = await producer.send(
          values.map((value) => ({ topic, partition: 0, key: null, value })),
        );
        expect(results.find((one) => one.error !== undefined)).toBeUndefined();
        const log = (await readLog(kafka, topic, 0)).slice(-count);
        expect(log.map((one) => one.value?.toString())).toEqual(values.map((value) => value.toString()));
        expect(new Set(log.map((one) => one.compression))).toEqual(new Set([code]));
      }
    });

    it.each([
      [1, [0n, 1n]],
      [0, [-1n, -1n]],
    ] as const)('writes with acks=%i', async (acks, offsets) => {
      const topic = await topicWith(1);
      const results = await producerWith({ acks }).send([
        { topic, partition: 0, key: null, value: Buffer.from('a') },
        { topic, partition: 0, key: null, value: Buffer.from('b') },
      ]);
      expect(kinds(results)).toEqual([...offsets]);
      await expect
        .poll(async () => (await readLog(kafka, topic, 0)).map((one) => one.value?.toString()))
        .toEqual(['a', 'b']);
    });

    it('reports the time of the log where a topic has LogAppendTime', async () => {
      const topic = await topicWith(1, { 'message.timestamp.type': 'LogAppendTime' });
      const [result] = await producerWith().send([
        { topic, partition: 0, key: null, value: null, timestamp: 1n },
      ]);
      const [stored] = await readLog(kafka, topic, 0);
      expect(result).toMatchObject({ offset: 0n, timestamp: stored?.timestamp });
      expect(stored?.timestamp).toBeGreaterThan(1n);
    });

    it('fails only the records that the topic refuses, and says why', async () => {
      const topic = await topicWith(1, { 'cleanup.policy': 'compact' });
      const producer = producerWith();
      const key = Buffer.from('k');
      const [mine, others] = await Promise.all([
        producer.send([
          { topic, partition: 0, key, value: Buffer.from('a') },
          { topic, partition: 0, key: null, value: Buffer.from('b') },
        ]),
        producer.send([{ topic, partition: 0, key, value: Buffer.from('c') }]),
      ]);
      expect(kinds(mine)).toEqual([0n, 'INVALID_RECORD']);
      expect(mine[1]?.error?.message).toMatch(/without key/);
      expect(kinds(others)).toEqual([1n]);
      const log = await readLog(kafka, topic, 0);
      expect(log.map((one) => one.value?.toString())).toEqual(['a', 'c']);

      const strict = await topicWith(1, { 'message.timestamp.before.max.ms': '60000' });
      const dated = await producer.send([
        { topic: strict, partition: 0, key, value: null, timestamp: 1n },
        { topic: strict, partition: 0, key, value: null },
      ]);
      expect(kinds(dated)).toEqual(['INVALID_TIMESTAMP', 0n]);
    });

    it('takes apart what is larger than the topic lets a batch be', async () => {
      const topic = await topicWith(1, { 'max.message.bytes': '3000' });
      const values = Array.from({ length: 200 }, (_, i) => `value ${i}`.padEnd(100));
      const results = await producerWith().send(
        values.map((value) => ({ topic, partition: 0, key: null, value: Buffer.from(value) })),
      );
      expect(kinds(results)).toEqual(values.map((_, i) => BigInt(i)));
      const log = await readLog(kafka, topic, 0);
      expect(log.map((one) => one.value?.toString())).toEqual(values);
    });

    it('creates a topic where the cluster does so', async () => {
      const topic = uniqueName('created');
      const results = await producerWith().send([{ topic, partition: null, key: null, value: null }]);
      expect(kinds(results)).toEqual([0n]);
    });
  });
}

/** Offsets, or kinds of errors. */
function kinds(results: readonly SendResult[]): (bigint | string)[] {
  return results.map((result) => (result.error === undefined ? result.offset : result.error.kind));
}
