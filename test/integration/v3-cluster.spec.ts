import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alterPartitionReassignmentsV0 } from '@platformatic/kafka';
import { BrokerConnection } from '#libs/kafka/platformatic/broker-connection.ts';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const patience = { timeout: 30_000, interval: 100 };

/** What API v3 tells of several brokers, and does through them. */
describe('API v3 on three brokers', () => {
  let kafka: KafkaCluster;
  let app: TestApp;
  let cluster: string;
  let url: string;

  beforeAll(async () => {
    kafka = await startKafka({
      brokers: 3,
      superUsers: [],
      properties: { 'auto.create.topics.enable': 'false' },
    });
    app = await TestApp.onKafka(kafka.bootstrapServers, { 'client.request.timeout.ms': '10000' });
    const { json } = await app.request('/v3/clusters');
    const { data } = json as { readonly data: readonly [{ readonly cluster_id: string }] };
    cluster = `/v3/clusters/${data[0].cluster_id}`;
    url = app.url + cluster;
  });

  afterAll(async () => {
    await app.close();
    await kafka.stop();
  });

  function send(method: string, path: string, body?: unknown): Promise<Answer> {
    return app.request(cluster + path, { method, headers: { 'Content-Type': 'application/json' }, body });
  }

  function get(path: string): Promise<Answer> {
    return app.request(cluster + path);
  }

  async function listOf<Item>(path: string): Promise<readonly Item[]> {
    const { status, json } = await get(path);
    expect(status).toBe(200);
    return (json as { readonly data: readonly Item[] }).data;
  }

  async function newTopic(assignments: Readonly<Record<number, readonly number[]>>): Promise<string> {
    const name = uniqueName('v3');
    const body = { topic_name: name, replicas_assignments: assignments };
    expect(await send('POST', '/topics', body)).toMatchObject({ status: 201 });
    return name;
  }

  it('shows the brokers', async () => {
    const brokers = await listOf<object>('/brokers');

    expect(brokers).toEqual(
      [1, 2, 3].map((id) => ({
        kind: 'KafkaBroker',
        metadata: { self: `${url}/brokers/${id}`, resource_name: expect.stringContaining(`/broker=${id}`) },
        cluster_id: cluster.split('/').at(-1),
        broker_id: id,
        host: '127.0.0.1',
        port: kafka.broker(id).port,
        rack: null,
        configs: { related: `${url}/brokers/${id}/configs` },
        partition_replicas: { related: `${url}/brokers/${id}/partition-replicas` },
      })),
    );
    expect(await get('/brokers/2')).toMatchObject({ status: 200, json: brokers[1] });
  });

  it('shows the cluster, alone as in the list', async () => {
    // Any broker may be told as the controller: all of them take its requests.
    const controller = { related: expect.stringMatching(/\/brokers\/[123]$/) };
    const found = {
      kind: 'KafkaCluster',
      metadata: { self: url },
      controller,
      topics: { related: `${url}/topics` },
    };

    expect(await get('')).toMatchObject({ status: 200, json: found });
    expect(await app.request('/v3/clusters')).toMatchObject({ status: 200, json: { data: [found] } });
  });

  it('creates topics in a row, each of which can be used at once', async () => {
    for (let i = 0; i < 10; i++) {
      const name = uniqueName('v3');
      const body = { topic_name: name, partitions_count: 3 };
      expect(await send('POST', '/topics', body)).toMatchObject({
        status: 201,
        json: { partitions_count: 3, replication_factor: 3 },
      });
      const partitions = await listOf<{ leader: unknown }>(`/topics/${name}/partitions`);
      expect(partitions.map(({ leader }) => leader === null)).toEqual([false, false, false]);
    }
  });

  it('shows partitions, replicas and offsets', async () => {
    const topic = await newTopic({ 0: [2, 3], 1: [3, 1] });
    const path = `/topics/${topic}/partitions`;

    expect(await listOf(path)).toMatchObject([
      { partition_id: 0, leader: { related: `${url}${path}/0/replicas/2` } },
      { partition_id: 1, leader: { related: `${url}${path}/1/replicas/3` } },
    ]);
    expect(await get(`${path}/1`)).toMatchObject({
      status: 200,
      json: { partition_id: 1, leader: { related: `${url}${path}/1/replicas/3` } },
    });
    expect(await listOf(`${path}/1/replicas`)).toMatchObject([
      { broker_id: 3, is_leader: true, is_in_sync: true, broker: { related: `${url}/brokers/3` } },
      { broker_id: 1, is_leader: false, is_in_sync: true },
    ]);
    expect(await get(`${path}/1/replicas/2`)).toMatchObject({ status: 404 });
    expect(await get(`${path}/0/offset`)).toMatchObject({ json: { earliest_offset: 0, latest_offset: 0 } });
    const onOne = await listOf<{ topic_name: string; partition_id: number }>('/brokers/1/partition-replicas');
    expect(onOne.filter((replica) => replica.topic_name === topic)).toMatchObject([
      { partition_id: 1, broker_id: 1, is_leader: false },
    ]);
  });

  it('shows where partitions move', async () => {
    const topic = await newTopic({ 0: [1, 2], 1: [1, 2] });
    await throttle('1');
    try {
      await fill(topic);
      await move(topic, [2, 3]);
      const moving = { topic_name: topic, partition_id: 0, adding_replicas: [3], removing_replicas: [1] };

      expect(await get(`/topics/${topic}/partitions/0/reassignment`)).toMatchObject({
        status: 200,
        json: moving,
      });
      expect(await listOf(`/topics/${topic}/partitions/-/reassignment`)).toMatchObject([moving]);
      expect(await listOf('/topics/-/partitions/-/reassignment')).toMatchObject([moving]);
      expect(await get(`/topics/${topic}/partitions/1/reassignment`)).toMatchObject({ status: 404 });
      expect(await listOf(`/topics/${uniqueName('missing')}/partitions/-/reassignment`)).toEqual([]);
    } finally {
      await throttle(undefined);
    }
    const one = (): Promise<Answer> => get(`/topics/${topic}/partitions/0/reassignment`);
    await expect.poll(one, patience).toMatchObject({ status: 404 });
    expect(await listOf(`/topics/${topic}/partitions/0/replicas`)).toMatchObject([
      { broker_id: 2 },
      { broker_id: 3 },
    ]);

    /** Slows copies between brokers down, so that a move can be seen. */
    async function throttle(bytesPerSecond: string | undefined): Promise<void> {
      const names = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'];
      const operation = bytesPerSecond === undefined ? 'DELETE' : 'SET';
      for (const id of [1, 2, 3]) {
        const data = names.map((name) => ({ name, operation, value: bytesPerSecond }));
        expect(await send('POST', `/brokers/${id}/configs:alter`, { data })).toMatchObject({ status: 204 });
      }
      const replicas = ['leader', 'follower'].map((role) => ({
        name: `${role}.replication.throttled.replicas`,
        operation,
        value: '*',
      }));
      expect(await send('POST', `/topics/${topic}/configs:alter`, { data: replicas })).toMatchObject({
        status: 204,
      });
    }
  });

  async function fill(topic: string): Promise<void> {
    const records = Array.from({ length: 50 }, () => ({ value: 'x'.repeat(10_000), partition: 0 }));
    const answer = await app.request(`/topics/${topic}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/vnd.kafka.json.v2+json' },
      body: { records },
    });
    expect(answer.status).toBe(200);
  }

  async function move(topic: string, replicas: number[]): Promise<void> {
    const { port } = kafka.broker(1);
    const connection = await BrokerConnection.open({ host: '127.0.0.1', port }, 'test', {});
    const topics = [{ name: topic, partitions: [{ partitionIndex: 0, replicas }] }];
    const { responses } = await connection.call([alterPartitionReassignmentsV0.api], 10_000, true, topics);
    connection.close();
    expect(responses).toMatchObject([{ partitions: [{ errorCode: 0 }] }]);
  }

  it('reads and writes the configuration of each broker at that broker', async () => {
    const path = '/brokers/2/configs/log.cleaner.backoff.ms';
    for (let value = 1; value <= 5; value++) {
      expect(await send('PUT', path, { value })).toMatchObject({ status: 204 });
      await expect
        .poll(() => get(path), patience)
        .toMatchObject({ json: { value: String(value), source: 'DYNAMIC_BROKER_CONFIG', broker_id: 2 } });
    }
    expect(await get('/brokers/3/configs/log.cleaner.backoff.ms')).toMatchObject({
      json: { value: '15000', is_default: true },
    });
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
    await expect.poll(() => get(path), patience).toMatchObject({ json: { is_default: true } });

    expect(await listOf('/brokers/2/configs')).toContainEqual(
      expect.objectContaining({ name: 'node.id', value: '2', broker_id: 2 }),
    );
    const all = await listOf<{ broker_id: number; name: string }>('/brokers/-/configs');
    expect(new Set(all.map((entry) => entry.broker_id))).toEqual(new Set([1, 2, 3]));
    expect(all.filter(({ name }) => name === 'node.id')).toMatchObject(
      ['1', '2', '3'].map((value) => ({ value, is_read_only: true, source: 'STATIC_BROKER_CONFIG' })),
    );
    expect(await send('PUT', '/brokers/2/configs/node.id', { value: 7 })).toMatchObject({
      status: 400,
      json: { error_code: 40002 },
    });
  });

  it('reads and writes the configuration of all brokers', async () => {
    const path = '/broker-configs/log.cleaner.backoff.ms';
    expect(await get(path)).toMatchObject({ status: 404 });

    expect(await send('PUT', path, { value: '777' })).toMatchObject({ status: 204 });

    await expect
      .poll(() => get(path), patience)
      .toMatchObject({
        json: { value: '777', source: 'DYNAMIC_DEFAULT_BROKER_CONFIG', config_type: 'BROKER' },
      });
    expect(await listOf('/broker-configs')).toContainEqual(
      expect.objectContaining({ name: 'log.cleaner.backoff.ms', value: '777', is_default: false }),
    );
    await expect
      .poll(() => get('/brokers/1/configs/log.cleaner.backoff.ms'), patience)
      .toMatchObject({ json: { value: '777', source: 'DYNAMIC_DEFAULT_BROKER_CONFIG' } });
    const data = [{ name: 'log.cleaner.backoff.ms', value: 'x' }];
    expect(await send('POST', '/broker-configs:alter', { data })).toMatchObject({
      status: 400,
      json: { error_code: 40002, message: expect.stringContaining('Not a number of type LONG') },
    });
    const good = [{ name: 'log.cleaner.backoff.ms', value: '778' }];
    expect(await send('POST', '/broker-configs:alter', { data: good })).toMatchObject({ status: 204 });
    await expect.poll(() => get(path), patience).toMatchObject({ json: { value: '778' } });
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
    await expect.poll(() => get(path), patience).toMatchObject({ status: 404 });
  });

  it('answers at once for a broker that does not exist', async () => {
    const startedAt = performance.now();

    for (const path of [
      '/brokers/9',
      '/brokers/9/configs',
      '/brokers/9/configs/a',
      '/brokers/9/partition-replicas',
    ])
      expect(await get(path)).toMatchObject({ status: 404 });
    expect(await send('PUT', '/brokers/9/configs/a', { value: 1 })).toMatchObject({ status: 404 });

    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('creates, finds and deletes rules', async () => {
    const name = uniqueName('topic');
    const acl = {
      resource_type: 'TOPIC',
      resource_name: name,
      pattern_type: 'LITERAL',
      principal: 'User:ä b',
      host: '*',
      operation: 'READ',
      permission: 'ALLOW',
    };
    const created = await send('POST', '/acls', acl);
    expect(created).toMatchObject({ status: 201, text: '' });
    const path = (created.headers.get('location') ?? '').replace(url, '');
    const data = [
      { ...acl, operation: 'WRITE', permission: 'DENY' },
      { ...acl, pattern_type: 'PREFIXED' },
    ];
    expect(await send('POST', '/acls:batch', { data })).toMatchObject({ status: 204 });

    // Each broker learns of rules on its own, and any of them answers.
    await expect.poll(() => listOf(`/acls?resource_name=${name}`), patience).toHaveLength(3);
    await expect.poll(() => listOf(path), patience).toMatchObject([acl]);
    await expect
      .poll(() => listOf(`/acls?resource_name=${name}&pattern_type=prefixed`), patience)
      .toMatchObject([data[1]]);
    expect(await send('POST', '/acls', { ...acl, principal: 'bad' })).toMatchObject({
      status: 400,
      json: { error_code: 40002, message: expect.stringContaining('Could not parse principal from `bad`') },
    });

    expect(await send('DELETE', path)).toMatchObject({ status: 200, json: { data: [acl] } });
    await expect.poll(() => listOf(`/acls?resource_name=${name}`), patience).toHaveLength(2);
  });

  it('goes on with two brokers when one dies, and changes things as before', async () => {
    const topic = await newTopic({ 0: [1, 2], 1: [2, 3] });
    await kafka.broker(1).kill();

    for (let i = 0; i < 5; i++) {
      const name = uniqueName('v3');
      const body = { topic_name: name, replication_factor: 2 };
      await expect.poll(() => send('POST', '/topics', body), patience).toMatchObject({ status: 201 });
      expect(await get(`/topics/${name}/configs/retention.ms`)).toMatchObject({ status: 200 });
      expect(await send('DELETE', `/topics/${name}`)).toMatchObject({ status: 204 });
    }
    await expect.poll(() => listOf('/brokers'), patience).toHaveLength(2);
    await expect
      .poll(() => get(`/topics/${topic}/partitions/0/replicas/1`), patience)
      .toMatchObject({ status: 200, json: { is_leader: false, is_in_sync: false } });
    const startedAt = performance.now();
    expect(await get('/brokers/1/configs')).toMatchObject({ status: 404 });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
