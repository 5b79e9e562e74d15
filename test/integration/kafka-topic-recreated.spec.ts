import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticConsumers } from '#libs/kafka/platformatic/consumer/platformatic-consumers.ts';
import { connectionTo } from '../support/log-reader.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { consumerDefaults, numbers, Reader, textOf, Writer } from './kafka-consumer-fixture.ts';

let bootstrapServers: string;
let connections: Connections;
let metadata: ClusterMetadata;
let consumers: PlatformaticConsumers;
let writer: Writer;

beforeAll(async () => {
  bootstrapServers = await sharedKafka();
  connections = new Connections(connectionTo(bootstrapServers));
  metadata = new ClusterMetadata(connections);
  consumers = new PlatformaticConsumers(connections, metadata, consumerDefaults);
  writer = new Writer(bootstrapServers);
});

afterAll(async () => {
  consumers.close();
  metadata.close();
  connections.close();
  await writer.close();
});

async function deleteTopic(topic: string): Promise<void> {
  const admin = writer.kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [topic] });
    await expect.poll(() => admin.listTopics(), { timeout: 10_000 }).not.toContain(topic);
  } finally {
    await admin.disconnect();
  }
}

describe('a topic that is deleted and created anew', () => {
  it.each([
    ['subscribed to', 'shorter', 5],
    ['subscribed to', 'longer', 40],
    ['assigned', 'shorter', 5],
    ['assigned', 'longer', 40],
  ])('is read from its first record (%s, the new log is %s)', async (how, _, count) => {
    const topic = await createTopic(bootstrapServers, uniqueName('topic'));
    await writer.write(topic, 0, numbers(0, 30));
    const reader = new Reader(consumers);
    if (how === 'assigned') reader.consumer.assign([{ topic, partition: 0 }]);
    else reader.consumer.subscribe([topic]);
    expect(textOf(await reader.take(30))).toEqual(numbers(0, 30));

    await deleteTopic(topic);
    await createTopic(bootstrapServers, topic);
    await writer.write(topic, 0, numbers(100, 100 + count));

    expect(textOf(await reader.take(count))).toEqual(numbers(100, 100 + count));
    await reader.consumer.close({ leave: true });
  });
});
