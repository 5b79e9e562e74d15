import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JavaConsumer } from '../support/java/java-consumer.ts';
import { RestConsumer } from '../support/rest-consumer.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

let bootstrapServers: string;
let kafka: Kafka;
let producer: Producer;
let app: TestApp;
let groups: string;

beforeAll(async () => {
  bootstrapServers = await sharedKafka();
  kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  producer = kafka.producer();
  await producer.connect();
  app = await TestApp.onKafka(bootstrapServers);
  const { data } = (await app.request('/v3/clusters')).json as { data: { cluster_id: string }[] };
  groups = `/v3/clusters/${data[0]?.cluster_id}/consumer-groups`;
});

afterAll(async () => {
  await app.close();
  await producer.disconnect();
});

interface Json {
  readonly [key: string]: unknown;
}

async function get(path: string): Promise<Json> {
  const { status, json, text } = await app.request(`${groups}${path}`);
  expect(status, text).toBe(200);
  return json as Json;
}

async function dataOf(path: string): Promise<readonly Json[]> {
  return (await get(path))['data'] as readonly Json[];
}

async function listed(group: string): Promise<Json | undefined> {
  return (await dataOf('')).find((one) => one['consumer_group_id'] === group);
}

function stateOf(group: string): Promise<unknown> {
  return app.request(`${groups}/${group}`).then(({ json }) => (json as Json)['state']);
}

async function newTopic(partitions: number): Promise<string> {
  return createTopic(bootstrapServers, uniqueName('grouped'), { partitions });
}

async function write(topic: string, partition: number, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => ({ value: `${i}`, partition }));
  await producer.send({ topic, messages });
}

const wait = { timeout: 60_000, interval: 100 };

describe('a classic group', () => {
  it('of instances of the proxy shows its members, what they read and how far they are behind', async () => {
    const topic = await newTopic(4);
    await write(topic, 1, 5);
    await write(topic, 3, 2);
    const group = uniqueName('classic');
    const consumer = await RestConsumer.create(app, group, 'one', { 'auto.commit.enable': 'false' });
    await consumer.subscribe(topic);
    await expect
      .poll(async () => {
        await app.request(`${consumer.path}/records?timeout=100`, {
          headers: { accept: 'application/vnd.kafka.json.v2+json' },
        });
        return stateOf(group);
      }, wait)
      .toBe('STABLE');
    await consumer.post('offsets', { offsets: [{ topic, partition: 1, offset: 1 }] });
    await consumer.post('offsets', { offsets: [{ topic, partition: 3, offset: 0 }] });

    const shown = await get(`/${group}`);
    const members = await dataOf(`/${group}/consumers`);
    const id = String(members[0]?.['consumer_id']);
    const assignments = await dataOf(`/${group}/consumers/${id}/assignments`);
    const lags = await dataOf(`/${group}/lags`);
    const summary = await get(`/${group}/lag-summary`);

    expect(shown).toMatchObject({
      consumer_group_id: group,
      is_simple: false,
      partition_assignor: 'range',
      state: 'STABLE',
      type: 'CLASSIC',
      is_mixed_consumer_group: false,
      coordinator: { related: expect.stringMatching(/\/brokers\/1$/) },
    });
    expect(await listed(group)).toEqual(shown);
    expect(members).toHaveLength(1);
    expect(members[0]).toMatchObject({ client_id: 'kafka-rest' });
    expect(await get(`/${group}/consumers/${id}`)).toEqual(members[0]);
    expect(assignments.map((one) => one['partition_id'])).toEqual([0, 1, 2, 3]);
    expect(await get(`/${group}/consumers/${id}/assignments/${topic}/partitions/2`)).toEqual(assignments[2]);
    expect(lags).toMatchObject([
      { partition_id: 1, consumer_id: id, current_offset: 2, log_end_offset: 5, lag: 3 },
      { partition_id: 3, consumer_id: id, current_offset: 1, log_end_offset: 2, lag: 1 },
    ]);
    expect(await get(`/${group}/lags/${topic}/partitions/3`)).toEqual(lags[1]);
    expect(summary).toMatchObject({
      max_lag: 3,
      total_lag: 4,
      max_lag_consumer_id: id,
      max_lag_topic_name: topic,
      max_lag_partition_id: 1,
    });

    expect(await app.request(`${groups}/${group}`, { method: 'DELETE' })).toMatchObject({
      status: 409,
      json: { error_code: 409, message: 'The group is not empty.' },
    });
    await consumer.delete();

    await expect.poll(() => stateOf(group), wait).toBe('EMPTY');
    expect(await dataOf(`/${group}/consumers`)).toEqual([]);
    expect(await dataOf(`/${group}/lags`)).toMatchObject([
      { partition_id: 1, consumer_id: '', instance_id: null, client_id: '', lag: 3 },
      { partition_id: 3, consumer_id: '', lag: 1 },
    ]);
  });

  it('without members, only offsets, is simple; what is not committed does not count', async () => {
    const topic = await newTopic(1);
    await write(topic, 0, 3);
    const group = uniqueName('simple');
    const consumer = await RestConsumer.create(app, group, 'one');
    await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] });
    await consumer.post('offsets', { offsets: [{ topic, partition: 0, offset: 0 }] });
    const sender = kafka.producer({ transactionalId: uniqueName('tx'), maxInFlightRequests: 1 });
    await sender.connect();
    const open = await sender.transaction();
    await open.send({ topic, messages: [{ value: 'not yet' }] });

    const lags = await dataOf(`/${group}/lags`);
    await open.abort();
    await sender.disconnect();

    expect(await get(`/${group}`)).toMatchObject({
      is_simple: true,
      partition_assignor: '',
      state: 'EMPTY',
      type: 'CLASSIC',
    });
    expect(lags).toMatchObject([{ current_offset: 1, log_end_offset: 3, lag: 2, consumer_id: '' }]);
    await consumer.delete();
  });
});

describe('a group of the new protocol', () => {
  it('shows its members, what they read and how far they are behind', { timeout: 90_000 }, async () => {
    const topic = await newTopic(2);
    await write(topic, 0, 4);
    await write(topic, 1, 1);
    const group = uniqueName('kip848');
    const java = await JavaConsumer.start({
      bootstrapServers,
      group,
      topic,
      assignor: 'RangeAssignor',
      protocol: 'consumer',
      instanceId: 'static-1',
    });
    try {
      await expect
        .poll(async () => (await app.request(`${groups}/${group}/lags`)).json, wait)
        .toMatchObject({ data: [{ partition_id: 0, lag: 0 }, {}] });

      const shown = await get(`/${group}`);
      const members = await dataOf(`/${group}/consumers`);
      const id = String(members[0]?.['consumer_id']);

      expect(shown).toMatchObject({
        is_simple: false,
        partition_assignor: 'uniform',
        state: 'STABLE',
        type: 'CONSUMER',
        is_mixed_consumer_group: false,
      });
      expect(await listed(group)).toEqual(shown);
      expect(members).toMatchObject([{ instance_id: 'static-1', client_id: expect.any(String) }]);
      expect(
        (await dataOf(`/${group}/consumers/${id}/assignments`)).map((one) => [
          one['topic_name'],
          one['partition_id'],
        ]),
      ).toEqual([
        [topic, 0],
        [topic, 1],
      ]);
      expect(await dataOf(`/${group}/lags`)).toMatchObject([
        { partition_id: 0, consumer_id: id, instance_id: 'static-1', current_offset: 4, lag: 0 },
        { partition_id: 1, consumer_id: id, lag: 0 },
      ]);
    } finally {
      await java.stop();
    }
  });
});

describe('a group of the new protocol that was a classic one', () => {
  it('is mixed while it still has members of the classic protocol', { timeout: 90_000 }, async () => {
    const topic = await newTopic(2);
    await write(topic, 0, 1);
    const group = uniqueName('mixed');
    const old = await RestConsumer.create(app, group, 'one');
    await old.subscribe(topic);
    await old.joined();
    expect(await get(`/${group}`)).toMatchObject({ type: 'CLASSIC', is_mixed_consumer_group: false });
    const java = await JavaConsumer.start({
      bootstrapServers,
      group,
      topic,
      assignor: 'RangeAssignor',
      protocol: 'consumer',
    });
    try {
      await expect.poll(async () => (await dataOf(`/${group}/consumers`)).length, wait).toBe(2);
      const mixed = await get(`/${group}`);

      expect(mixed).toMatchObject({ type: 'CONSUMER', is_mixed_consumer_group: true });
      expect(await listed(group)).toMatchObject({ type: 'CONSUMER', is_mixed_consumer_group: true });
      // Both have their share, of whatever protocol they are.
      const shares = async (): Promise<readonly number[]> => {
        const members = await dataOf(`/${group}/consumers`);
        const ids = members.map((one) => encodeURIComponent(String(one['consumer_id'])));
        const all = await Promise.all(ids.map((id) => dataOf(`/${group}/consumers/${id}/assignments`)));
        return all.map((assignments) => assignments.length);
      };
      await expect.poll(shares, wait).toEqual([1, 1]);
      await old.delete();

      await expect
        .poll(() => get(`/${group}`), wait)
        .toMatchObject({ type: 'CONSUMER', is_mixed_consumer_group: false });
    } finally {
      await java.stop();
    }
  });
});

describe('a group without members', () => {
  it('is set to other offsets, and deleted', async () => {
    const topic = await newTopic(2);
    await write(topic, 0, 5);
    await write(topic, 1, 3);
    const group = uniqueName('changed');
    const consumer = await RestConsumer.create(app, group, 'one');
    await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] });
    await consumer.post('offsets', { offsets: [{ topic, partition: 0, offset: 3 }] });
    const alter = (body: object): Promise<Answer> =>
      app.request(`${groups}/${group}/offsets:alter`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    const shift = { topic_name: topic, partition_id: 0, shift_by: -2 };

    const dry = await alter({ data: [shift], validate_only: true });
    const before = await dataOf(`/${group}/lags`);
    const wet = await alter({ data: [shift, { topic_name: topic, partition_id: 1, timestamp_ms: 0 }] });
    const after = await dataOf(`/${group}/lags`);
    await alter({ data: [{ topic_name: topic, position: 'LATEST' }] });
    const atEnd = await get(`/${group}/lag-summary`);

    expect(dry).toMatchObject({ status: 200, json: { data: [{ previous_offset: 4, current_offset: 2 }] } });
    expect(before).toMatchObject([{ partition_id: 0, current_offset: 4 }]);
    expect(wet).toMatchObject({
      status: 200,
      json: {
        data: [
          { previous_offset: 4, current_offset: 2 },
          { previous_offset: null, current_offset: 0 },
        ],
      },
    });
    expect(after).toMatchObject([
      { partition_id: 0, current_offset: 2, lag: 3 },
      { partition_id: 1, current_offset: 0, lag: 3 },
    ]);
    expect(atEnd).toMatchObject({ total_lag: 0 });

    expect(await app.request(`${groups}/${group}`, { method: 'DELETE' })).toMatchObject({ status: 204 });
    expect(await app.request(`${groups}/${group}`)).toMatchObject({ status: 404 });
    expect(await app.request(`${groups}/${group}`, { method: 'DELETE' })).toMatchObject({ status: 404 });
    await consumer.delete();
  });
});

describe('a group of 1,000 partitions', () => {
  it('tells all lags', { timeout: 60_000 }, async () => {
    const topic = await newTopic(1_000);
    // A topic of this size takes its broker a while; the proxy waits for the leader.
    const produced = await app.request(`/topics/${topic}/partitions/7`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.kafka.json.v2+json' },
      body: { records: [{ value: 1 }, { value: 2 }] },
    });
    expect(produced.text).toContain('"offset":1');
    const group = uniqueName('wide');
    const consumer = await RestConsumer.create(app, group, 'one');
    const partitions = Array.from({ length: 1_000 }, (_, partition) => ({ topic, partition }));
    await consumer.post('assignments', { partitions });
    await consumer.post('offsets', { offsets: partitions.map((one) => ({ ...one, offset: 0 })) });

    const lags = await dataOf(`/${group}/lags`);

    expect(lags).toHaveLength(1_000);
    // Who committed the offset before the first record reads from 1.
    expect(lags[0]).toMatchObject({ partition_id: 7, current_offset: 1, log_end_offset: 2, lag: 1 });
    await consumer.delete();
  });
});

it.each([
  ['', 'HTTP 404 Not Found'],
  ['/consumers', 'Consumer Group nope does not exist.'],
  ['/lags', 'Consumer Group nope could not be found.'],
  ['/lag-summary', 'Consumer Group nope could not be found.'],
])('a group that is not there: %s', async (path, message) => {
  expect(await app.request(`${groups}/nope${path}`)).toMatchObject({
    status: 404,
    json: { error_code: 404, message },
  });
});
