import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaConnectionConfig, ProducerConfig } from '#libs/kafka/connection-config.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticProducer } from '#libs/kafka/platformatic/producer/platformatic-producer.ts';
import { encodeProduce, produceApis } from '#libs/kafka/platformatic/producer/produce-request.ts';
import { batchOverhead, encodeBatch, sealBatch } from '#libs/kafka/platformatic/record-batch.ts';
import { connectionTo, readLog } from '../support/log-reader.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { kafkaProducerContract } from './port-kafka-producer.contract.ts';

const closing: (() => Promise<void>)[] = [];

function makeProducer(connection: KafkaConnectionConfig, config: ProducerConfig): PlatformaticProducer {
  const connections = new Connections(connection);
  const metadata = new ClusterMetadata(connections);
  const producer = new PlatformaticProducer(connections, metadata, config);
  closing.push(async () => {
    await producer.close();
    metadata.close();
    connections.close();
  });
  return producer;
}

kafkaProducerContract('PlatformaticProducer', {
  make: makeProducer,
  close: async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  },
});

describe('Produce requests', () => {
  let kafka: string;
  let connections: Connections;

  beforeAll(async () => {
    kafka = await sharedKafka();
    connections = new Connections(connectionTo(kafka));
  });

  afterAll(() => connections.close());

  it.each(produceApis)('are understood in version $version, and so are their answers', async (api) => {
    const topics = await Promise.all(
      [1, 2].map((n) => createTopic(kafka, uniqueName(`produce${n}`), { partitions: 2 })),
    );
    const [address] = connections.config.brokers;
    if (address === undefined) throw new Error('no broker');
    const connection = await connections.shared(address, 'test');
    const batch = (topic: string, partition: number): { topic: string; partition: number; bytes: Buffer } => {
      const records = [{ topic, partition, key: null, value: Buffer.from(`${topic} ${partition}`) }];
      const runs = [{ source: { records, timestamp: Date.now() }, start: 0, end: 1 }];
      const bytes = encodeBatch(runs, 1, batchOverhead + 200);
      sealBatch(bytes, { producerId: -1n, epoch: -1, sequence: -1 });
      return { topic, partition, bytes };
    };
    const asked = [
      ...topics.flatMap((topic) => [batch(topic, 1), batch(topic, 0)]),
      batch(uniqueName('missing'), 7),
    ].sort((a, b) => b.partition - a.partition);

    const answers = await connection.send(api, () => encodeProduce(api.version, -1, 5_000, asked));

    const byName = (
      a: { topic: string; partition: number },
      b: { topic: string; partition: number },
    ): number => `${a.topic}/${a.partition}`.localeCompare(`${b.topic}/${b.partition}`);
    expect([...answers].sort(byName)).toMatchObject(
      asked.sort(byName).map(({ topic, partition }) => ({
        topic,
        partition,
        errorCode: partition === 7 ? 3 : 0,
        baseOffset: partition === 7 ? -1n : 0n,
        recordErrors: [],
        leader: undefined,
      })),
    );
    for (const topic of topics) {
      for (const partition of [0, 1]) {
        const log = await readLog(kafka, topic, partition);
        expect(log.map((one) => one.value?.toString())).toEqual([`${topic} ${partition}`]);
      }
    }
  });
});
