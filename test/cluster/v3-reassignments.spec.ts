import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const patience = { timeout: 30_000, interval: 100 };

/** Partitions that really move. */
describe('reassignment:alter on three brokers', () => {
  let kafka: KafkaCluster;
  let app: TestApp;
  let cluster: string;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
    app = await TestApp.onKafka(kafka.bootstrapServers);
    const { json } = await app.request('/v3/clusters');
    const { data } = json as { readonly data: readonly [{ readonly cluster_id: string }] };
    cluster = `/v3/clusters/${data[0].cluster_id}`;
  });

  afterAll(async () => {
    await app.close();
    await kafka.stop();
  });

  function send(method: string, path: string, body?: unknown): Promise<Answer> {
    return app.request(cluster + path, { method, headers: { 'Content-Type': 'application/json' }, body });
  }

  function alter(data: readonly object[], more: object = {}): Promise<Answer> {
    return send('POST', '/topics/-/partitions/-/reassignment:alter', { data, ...more });
  }

  const get = (path: string): Promise<Answer> => app.request(cluster + path);
  const moveOf = (topic: string, partition = 0): Promise<Answer> =>
    get(`/topics/${topic}/partitions/${partition}/reassignment`);

  /** Ids of the brokers that have a partition, and whether each has all of it. */
  async function replicas(topic: string, partition = 0): Promise<readonly (readonly [number, boolean])[]> {
    const { json } = await get(`/topics/${topic}/partitions/${partition}/replicas`);
    const { data } = json as {
      readonly data: readonly { readonly broker_id: number; readonly is_in_sync: boolean }[];
    };
    return data.map(({ broker_id: id, is_in_sync: inSync }) => [id, inSync] as const);
  }

  async function newTopic(assignments: Readonly<Record<number, readonly number[]>>): Promise<string> {
    const name = uniqueName('moved');
    const body = { topic_name: name, replicas_assignments: assignments };
    expect(await send('POST', '/topics', body)).toMatchObject({ status: 201 });
    return name;
  }

  async function fill(topic: string): Promise<void> {
    const records = Array.from({ length: 50 }, () => ({ value: 'x'.repeat(10_000), partition: 0 }));
    const answer = await app.request(`/topics/${topic}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.kafka.json.v2+json' },
      body: { records },
    });
    expect(answer.status).toBe(200);
  }

  /** Slows copies of a topic between brokers down, so that a move stays under way; undefined: as fast as can be. */
  async function throttle(topic: string, bytesPerSecond: string | undefined): Promise<void> {
    const operation = bytesPerSecond === undefined ? 'DELETE' : 'SET';
    for (const id of [1, 2, 3]) {
      const data = ['leader', 'follower'].map((role) => ({
        name: `${role}.replication.throttled.rate`,
        operation,
        value: bytesPerSecond,
      }));
      expect(await send('POST', `/brokers/${id}/configs:alter`, { data })).toMatchObject({ status: 204 });
    }
    const data = ['leader', 'follower'].map((role) => ({
      name: `${role}.replication.throttled.replicas`,
      operation,
      value: '*',
    }));
    expect(await send('POST', `/topics/${topic}/configs:alter`, { data })).toMatchObject({ status: 204 });
  }

  it('moves partitions of several topics with their records', async () => {
    const [one, two] = [await newTopic({ 0: [1, 2], 1: [1, 2] }), await newTopic({ 0: [3] })];
    await fill(one);

    const answer = await alter([
      { topic_name: one, partition_id: 0, replicas: [2, 3] },
      { topic_name: one, partition_id: 1, replicas: [2, 1] },
      { topic_name: two, partition_id: 0, replicas: [1, 2, 3] },
    ]);

    expect(answer).toMatchObject({ status: 204, text: '' });
    await expect.poll(() => replicas(one), patience).toEqual([2, 3].map((id) => [id, true]));
    await expect.poll(() => replicas(one, 1), patience).toEqual([2, 1].map((id) => [id, true]));
    await expect.poll(() => replicas(two), patience).toEqual([1, 2, 3].map((id) => [id, true]));
    await expect.poll(() => moveOf(one), patience).toMatchObject({ status: 404 });
    await expect
      .poll(() => get(`/topics/${one}/partitions/0/offset`), patience)
      .toMatchObject({ json: { earliest_offset: 0, latest_offset: 50 } });
  });

  it('ends a move, and changes where one goes', async () => {
    const topic = await newTopic({ 0: [1, 2] });
    const there = { topic_name: topic, partition_id: 0 };
    await throttle(topic, '1');
    try {
      await fill(topic);
      expect(await alter([{ ...there, replicas: [2, 3] }], { validate_only: true })).toMatchObject({
        status: 204,
      });
      expect(await moveOf(topic)).toMatchObject({ status: 404 });

      expect(await alter([{ ...there, replicas: [2, 3] }])).toMatchObject({ status: 204 });
      expect(await moveOf(topic)).toMatchObject({ json: { adding_replicas: [3], removing_replicas: [1] } });
      expect(await alter([{ ...there, replicas: [1, 3] }])).toMatchObject({ status: 204 });
      expect(await moveOf(topic)).toMatchObject({ json: { adding_replicas: [3], removing_replicas: [2] } });

      for (const checkOnly of [true, false]) {
        const ended = await alter([{ ...there, replicas: null }], { validate_only: checkOnly });
        expect(ended, ended.text).toMatchObject({ status: 204 });
        expect(await moveOf(topic)).toMatchObject({ status: checkOnly ? 200 : 404 });
      }
      await expect.poll(() => replicas(topic), patience).toEqual([1, 2].map((id) => [id, true]));
    } finally {
      await throttle(topic, undefined);
    }
  });

  it('names the partitions that do not move, with the texts of Kafka, and moves the others', async () => {
    const topic = await newTopic({ 0: [1], 1: [1] });
    const data = [
      { topic_name: topic, partition_id: 0, replicas: null },
      { topic_name: topic, partition_id: 1, replicas: [2] },
    ];
    const failures = [
      {
        topic_name: topic,
        partition_id: 0,
        error_code: 40002,
        message: 'No partition reassignment is in progress.',
      },
    ];

    for (const checkOnly of [true, false]) {
      expect(await alter(data, { validate_only: checkOnly })).toMatchObject({
        status: 207,
        json: { failures },
      });
    }
    await expect.poll(() => replicas(topic, 1), patience).toEqual([[2, true]]);
  });

  it('moves nothing when a topic, partition or broker does not exist', async () => {
    const topic = await newTopic({ 0: [1] });
    const good = { topic_name: topic, partition_id: 0, replicas: [2] };

    expect(await alter([good, { ...good, partition_id: 7 }])).toMatchObject({
      status: 404,
      json: { error_code: 40403, message: expect.stringContaining('(data[1])') },
    });
    expect(await alter([good, { ...good, topic_name: uniqueName('no') }])).toMatchObject({ status: 404 });
    expect(await alter([{ ...good, replicas: [2, 9] }])).toMatchObject({
      status: 422,
      json: { message: 'data[0].replicas[1] is not a broker of the cluster: 9' },
    });
    expect(await moveOf(topic)).toMatchObject({ status: 404 });
    expect(await replicas(topic)).toEqual([[1, true]]);
  });

  it('takes a partition away from a broker that is down', async () => {
    const topic = await newTopic({ 0: [1, 3], 1: [1, 3] });
    await kafka.broker(3).kill();
    await expect.poll(() => get('/brokers/3'), patience).toMatchObject({ status: 404 });

    const answer = await alter([
      { topic_name: topic, partition_id: 0, replicas: [1, 2] },
      { topic_name: topic, partition_id: 1, replicas: [3, 1] },
    ]);

    expect(answer, answer.text).toMatchObject({ status: 204 });
    await expect.poll(() => replicas(topic), patience).toEqual([1, 2].map((id) => [id, true]));
    const other = await newTopic({ 0: [1] });
    expect(await alter([{ topic_name: other, partition_id: 0, replicas: [3] }])).toMatchObject({
      status: 422,
    });
  });
});
