import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaProducer, SendResult } from '#libs/kafka/kafka-producer.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticProducer } from '#libs/kafka/platformatic/producer/platformatic-producer.ts';
import { encodeProduce, produceApis } from '#libs/kafka/platformatic/producer/produce-request.ts';
import { encodeBatch, sealBatch } from '#libs/kafka/platformatic/record-batch.ts';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { producerDefaults } from '../integration/port-kafka-producer.contract.ts';
import { connectionTo, readLog } from '../support/log-reader.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const partitions = 6;

interface Sent {
  readonly partition: number;
  readonly value: string;
  readonly result: SendResult;
}

/** Callers that each send small calls one after another, to all partitions, until told to stop. */
class Load {
  readonly sent: Sent[] = [];
  /** When the last record of each partition was acknowledged, and the longest time without one. */
  readonly lastAck = Array.from({ length: partitions }, () => performance.now());
  readonly longestGapMs = Array.from({ length: partitions }, () => 0);
  #stopped = false;
  readonly #callers: Promise<void>[];

  constructor(producer: KafkaProducer, topic: string, callers: number) {
    this.#callers = Array.from({ length: callers }, (_, caller) => this.#run(producer, topic, caller));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#callers);
  }

  /** Resolves when every partition has taken a record that was sent from now on. */
  async flowing(timeoutMs: number): Promise<void> {
    const from = performance.now();
    await expect
      .poll(() => this.lastAck.every((time) => time > from + 200), { timeout: timeoutMs, interval: 50 })
      .toBe(true);
  }

  async #run(producer: KafkaProducer, topic: string, caller: number): Promise<void> {
    for (let call = 0; !this.#stopped; call++) {
      // Two records to one partition, so that a call blocks on no more than that one.
      const partition = (caller + call) % partitions;
      const values = [0, 1].map((i) => `${caller} ${call} ${i}`);
      const results = await producer.send(
        values.map((value) => ({ topic, partition, key: null, value: Buffer.from(value) })),
      );
      for (const [i, value] of values.entries()) {
        const result = results[i];
        if (result !== undefined) this.sent.push({ partition, value, result });
        if (result?.error === undefined) this.#acknowledged(partition);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #acknowledged(partition: number): void {
    const now = performance.now();
    const gap = now - (this.lastAck[partition] ?? now);
    this.longestGapMs[partition] = Math.max(this.longestGapMs[partition] ?? 0, gap);
    this.lastAck[partition] = now;
  }
}

/** Nothing that was acknowledged is lost, elsewhere, doubled or out of order. */
async function verify(kafka: KafkaCluster, topic: string, load: Load): Promise<void> {
  for (let partition = 0; partition < partitions; partition++) {
    const log = await readLog(kafka.bootstrapServers, topic, partition);
    const values = log.map((one) => one.value?.toString() ?? '');
    expect(new Set(values).size, `a value twice in partition ${partition}`).toBe(values.length);
    const here = load.sent.filter((one) => one.partition === partition);
    const misplaced = here.filter(
      ({ value, result }) => result.error === undefined && values[Number(result.offset)] !== value,
    );
    expect(misplaced, `acknowledged and not there in partition ${partition}`).toEqual([]);
    const byCaller = Map.groupBy(values, (value) => value.split(' ')[0]);
    for (const own of byCaller.values()) {
      const order = own.map((value) => {
        const [, call = '', i = ''] = value.split(' ');
        return Number(call) * 2 + Number(i);
      });
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  }
}

describe('PlatformaticProducer on three brokers', () => {
  let kafka: KafkaCluster;
  let connections: Connections;
  let metadata: ClusterMetadata;
  let producer: PlatformaticProducer;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
    connections = new Connections(connectionTo(kafka.bootstrapServers));
    metadata = new ClusterMetadata(connections);
    producer = new PlatformaticProducer(connections, metadata, {
      ...producerDefaults,
      deliveryTimeoutMs: 60_000,
    });
  });

  afterAll(async () => {
    await producer.close();
    metadata.close();
    connections.close();
    await kafka.stop();
  });

  it('reads who leads a partition from a broker that does not', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('led'), { partitions: 1 });
    await metadata.refreshTopics([topic]);
    const leader = metadata.leaderOf(topic, 0);
    const other = metadata.brokers().find((one) => one.id !== leader?.id);
    if (leader === undefined || other === undefined) throw new Error('the cluster is not complete');
    const records = [{ topic, partition: 0, key: null, value: null }];
    const bytes = encodeBatch([{ source: { records, timestamp: Date.now() }, start: 0, end: 1 }], 1, 200);
    sealBatch(bytes, { producerId: -1n, epoch: -1, sequence: -1 });
    const connection = await connections.shared(other, 'test');
    for (const api of produceApis) {
      const batches = [{ topic, partition: 0, bytes }];
      const [answer] = await connection.send(api, () => encodeProduce(api.version, -1, 5_000, batches));
      expect(answer).toMatchObject({ topic, partition: 0, errorCode: 6 });
      expect(answer?.leader?.id).toBe(api.version >= 10 ? leader.id : undefined);
    }
  });

  it.each([
    [
      'a broker that is shut down and comes back',
      async (load: Load): Promise<void> => {
        await kafka.broker(2).stop();
        await load.flowing(15_000);
        await kafka.broker(2).start();
        await kafka.ready(3);
      },
    ],
    [
      'a broker that is killed and comes back',
      async (load: Load): Promise<void> => {
        await kafka.broker(1).kill();
        await load.flowing(30_000);
        await kafka.broker(1).start();
        await kafka.ready(3);
      },
    ],
    [
      'a broker that freezes and wakes up',
      async (load: Load): Promise<void> => {
        kafka.broker(3).pause();
        await load.flowing(30_000);
        kafka.broker(3).resume();
      },
    ],
  ])('survives %s', async (_what, trouble) => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('trouble'), { partitions });
    const load = new Load(producer, topic, 24);
    await load.flowing(10_000);
    await trouble(load);
    await load.flowing(30_000);
    await load.stop();

    const failed = load.sent.filter((one) => one.result.error !== undefined);
    expect(failed.map((one) => one.result.error?.message)).toEqual([]);
    // The cluster itself needs six seconds to notice a dead broker, and some more to elect when it led the controllers.
    expect(Math.max(...load.longestGapMs)).toBeLessThan(20_000);
    await verify(kafka, topic, load);
  });
});
