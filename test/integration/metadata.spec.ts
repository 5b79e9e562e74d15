import { Kafka, logLevel, type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

let bootstrapServers: string;
let kafka: Kafka;
let admin: Admin;
let app: TestApp;

beforeAll(async () => {
  bootstrapServers = await sharedKafka();
  kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  app = await TestApp.onKafka(bootstrapServers);
});

afterAll(async () => {
  await app.close();
  await admin.disconnect();
});

async function produce(topic: string, partition: number, ...values: readonly string[]): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: values.map((value) => ({ value, partition })) });
  await producer.disconnect();
}

function offsetsOf(topic: string, partition: number): Promise<Answer> {
  return app.request(`/topics/${topic}/partitions/${partition}/offsets`);
}

describe('topics of a real cluster', () => {
  it('are listed as soon as they exist, without internal ones', async () => {
    // Asking for a coordinator makes Kafka create its topic of offsets.
    const askForCoordinator = (): Promise<unknown> => admin.fetchOffsets({ groupId: uniqueName('group') });
    await expect.poll(askForCoordinator, { timeout: 30_000 }).toBeDefined();
    const topic = await createTopic(bootstrapServers, uniqueName('listed'));

    const { json } = await app.request('/topics');

    expect(json).toContain(topic);
    expect(json).not.toContain('__consumer_offsets');
    expect(json).toEqual([...(json as string[])].sort());
    expect(await app.request('/topics/__consumer_offsets')).toMatchObject({ status: 200 });
  });

  it('have all their configuration, set and default', async () => {
    const topic = await createTopic(bootstrapServers, uniqueName('described'), {
      partitions: 2,
      configs: { 'retention.ms': '12345', 'cleanup.policy': 'compact' },
    });

    const { status, text, json } = await app.request(`/topics/${topic}`);

    expect(status).toBe(200);
    expect(text.startsWith(`{"name":"${topic}","configs":{"cleanup.policy":"compact",`)).toBe(true);
    expect(json).toMatchObject({
      configs: { 'retention.ms': '12345', 'compression.type': 'producer', 'min.insync.replicas': '1' },
      partitions: [
        { partition: 0, leader: 1, replicas: [{ broker: 1, leader: true, in_sync: true }] },
        { partition: 1, leader: 1, replicas: [{ broker: 1, leader: true, in_sync: true }] },
      ],
    });
  });

  it('are gone as soon as they are deleted', async () => {
    const topic = await createTopic(bootstrapServers, uniqueName('deleted'));
    expect(await app.request(`/topics/${topic}`)).toMatchObject({ status: 200 });
    await admin.deleteTopics({ topics: [topic] });

    const missing = { error_code: 40403, message: 'This server does not host this topic-partition.' };
    for (const path of ['', '/partitions', '/partitions/0', '/partitions/0/offsets']) {
      await expect
        .poll(() => app.request(`/topics/${topic}${path}`))
        .toMatchObject({ status: 404, json: missing });
    }
  });

  it('that cannot exist are refused without asking Kafka', async () => {
    expect(await app.request('/topics/bad%20name')).toMatchObject({
      status: 400,
      json: {
        error_code: 40002,
        message: 'The request attempted to perform an operation on an invalid topic.',
      },
    });
  });
});

describe('offsets of a real partition', () => {
  it('move with what is written and what is deleted', async () => {
    const topic = await createTopic(bootstrapServers, uniqueName('offsets'), { partitions: 2 });
    expect(await offsetsOf(topic, 1)).toMatchObject({ text: '{"beginning_offset":0,"end_offset":0}' });

    await produce(topic, 1, 'a', 'b', 'c');
    expect(await offsetsOf(topic, 1)).toMatchObject({ text: '{"beginning_offset":0,"end_offset":3}' });

    // It knows only topics that it was asked about before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '2' }] });
    expect(await offsetsOf(topic, 1)).toMatchObject({ text: '{"beginning_offset":2,"end_offset":3}' });
    expect(await offsetsOf(topic, 0)).toMatchObject({ text: '{"beginning_offset":0,"end_offset":0}' });
  });

  it('count records of a transaction that is still open', async () => {
    const topic = await createTopic(bootstrapServers, uniqueName('transactional'));
    const producer = kafka.producer({ transactionalId: uniqueName('tx'), maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] });

    const answer = await offsetsOf(topic, 0);
    await transaction.abort();
    await producer.disconnect();

    expect(answer).toMatchObject({ text: '{"beginning_offset":0,"end_offset":2}' });
  });
});

describe('the cluster', () => {
  it('shows its brokers in API v2', async () => {
    expect(await app.request('/brokers')).toMatchObject({ status: 200, text: '{"brokers":[1]}' });
  });

  it('shows itself under its own id in API v3', async () => {
    const { clusterId } = await admin.describeCluster();

    const answer = await app.request('/v3/clusters');

    expect(answer).toMatchObject({ json: { data: [{ kind: 'KafkaCluster', cluster_id: clusterId }] } });
    expect(await app.request(`/v3/clusters/${clusterId}`)).toMatchObject({
      status: 200,
      json: {
        metadata: { self: `${app.url}/v3/clusters/${clusterId}`, resource_name: `crn:///kafka=${clusterId}` },
        controller: { related: `${app.url}/v3/clusters/${clusterId}/brokers/1` },
      },
    });
  });
});
