import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

let app: TestApp;
/** The path of the cluster. */
let cluster: string;

beforeAll(async () => {
  app = await TestApp.onKafka(await sharedKafka());
  const { json } = await app.request('/v3/clusters');
  const { data } = json as { readonly data: readonly [{ readonly cluster_id: string }] };
  cluster = `/v3/clusters/${data[0].cluster_id}`;
});

afterAll(() => app.close());

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return app.request(cluster + path, { method, headers: { 'Content-Type': 'application/json' }, body });
}

function get(path: string): Promise<Answer> {
  return app.request(cluster + path);
}

async function newTopic(more: object = {}): Promise<string> {
  const name = uniqueName('v3');
  expect(await send('POST', '/topics', { topic_name: name, ...more })).toMatchObject({ status: 201 });
  return name;
}

function refused(message: string, code = 40002, status = 400): object {
  return { status, json: { error_code: code, message } };
}

const unknownTopic = refused('This server does not host this topic-partition.', 40403, 404);

describe('topics of API v3 on a real cluster', () => {
  it('can be used as soon as they are created, and are gone as soon as they are deleted', async () => {
    for (let i = 0; i < 5; i++) {
      const name = await newTopic({
        partitions_count: 3,
        configs: [{ name: 'retention.ms', value: '12345' }],
      });

      expect(await get(`/topics/${name}`)).toMatchObject({
        status: 200,
        json: { topic_name: name, partitions_count: 3, replication_factor: 1, is_internal: false },
      });
      expect((await get('/topics')).text).toContain(`"topic_name":"${name}"`);

      expect(await send('PATCH', `/topics/${name}`, { partitions_count: 4 })).toMatchObject({
        status: 200,
        json: { partitions_count: 4 },
      });
      expect(await send('DELETE', `/topics/${name}`)).toMatchObject({ status: 204 });
      expect(await get(`/topics/${name}`)).toMatchObject(unknownTopic);
      expect((await get('/topics')).text).not.toContain(`"topic_name":"${name}"`);
    }
  });

  it('are as the brokers have it where nothing is said', async () => {
    const name = uniqueName('v3');

    expect(await send('POST', '/topics', { topic_name: name, validate_only: true })).toMatchObject({
      status: 200,
      json: { partitions_count: 1, replication_factor: 1 },
    });
    expect(await get(`/topics/${name}`)).toMatchObject(unknownTopic);
    expect(
      await send('POST', '/topics', { topic_name: name, replicas_assignments: { 0: [1], 1: [1] } }),
    ).toMatchObject({ status: 201, json: { partitions_count: 2, replication_factor: 1 } });
  });

  it('say what may be done with them', async () => {
    const name = await newTopic();
    const operations = [
      'READ',
      'WRITE',
      'CREATE',
      'DELETE',
      'ALTER',
      'DESCRIBE',
      'DESCRIBE_CONFIGS',
      'ALTER_CONFIGS',
    ];

    const { json } = await get(`/topics/${name}?include_authorized_operations=true`);
    const list = await get('/topics?includeAuthorizedOperations=true');

    expect(json).toMatchObject({ authorized_operations: operations });
    expect(list.text).toContain('"authorized_operations":["READ"');
  });

  it.each([
    [{ partitions_count: 0 }, 'Number of partitions was set to an invalid non-positive value.'],
    [{ replication_factor: 0 }, 'Replication factor must be larger than 0, or -1 to use the default value.'],
    [
      { replication_factor: 9 },
      'Unable to replicate the partition 9 time(s): The target replication factor of 9 cannot be reached because only 1 broker(s) are registered.',
    ],
    [
      { configs: [{ name: 'retention.ms', value: 'abc' }] },
      'Invalid value abc for configuration retention.ms: Not a number of type LONG',
    ],
    [{ configs: [{ name: 'nope', value: '1' }] }, 'Unknown topic config name: nope'],
    [{ configs: [{ name: 'retention.ms' }] }, 'Null value not supported for topic configs: retention.ms'],
    [{ replicas_assignments: { 1: [1] } }, 'partitions should be a consecutive 0-based integer sequence'],
    [
      { replicas_assignments: { 0: [7] } },
      'The manual partition assignment includes broker 7, but no such broker is registered.',
    ],
  ])('are refused with the text of the broker: %j', async (more, message) => {
    const answer = await send('POST', '/topics', { topic_name: uniqueName('v3'), ...more });

    expect(answer).toMatchObject(refused(message));
  });

  it('are refused when they exist, and where they do not', async () => {
    const name = await newTopic({ partitions_count: 3 });

    expect(await send('POST', '/topics', { topic_name: name })).toMatchObject(
      refused(`Topic '${name}' already exists.`),
    );
    expect(await send('PATCH', `/topics/${name}`, { partitions_count: 3 })).toMatchObject(
      refused('Topic already has 3 partition(s).'),
    );
    expect(await send('PATCH', `/topics/${name}`, { partitions_count: 1 })).toMatchObject(
      refused(`The topic ${name} currently has 3 partition(s); 1 would not be an increase.`),
    );
    const missing = uniqueName('missing');
    expect(await send('PATCH', `/topics/${missing}`, { partitions_count: 2 })).toMatchObject(unknownTopic);
    expect(await send('DELETE', `/topics/${missing}`)).toMatchObject(unknownTopic);
  });
});

describe('absurd requests', () => {
  const long = 'x'.repeat(100_000);

  it.each([
    [{ partitions_count: 2_147_483_647 }],
    [{ partitions_count: -5 }],
    [{ partitions_count: 1e20 }],
    [{ replication_factor: 32_767 }],
    [{ replication_factor: -32_768 }],
    [{ replicas_assignments: { 0: [] } }],
    [{ replicas_assignments: { 0: [-1] } }],
    [{ replicas_assignments: { 0: [1, 1] } }],
    [{ replicas_assignments: { 2147483647: [1] } }],
    [{ configs: [{ name: '', value: '' }] }],
    [{ configs: [{ name: long, value: '1' }] }],
    [{ configs: [{ name: 'retention.ms', value: long }] }],
    [{ configs: [{ name: '\u0000', value: '\ud800' }] }],
  ])('to create are refused', async (more) => {
    const { status } = await send('POST', '/topics', { topic_name: uniqueName('v3'), ...more });

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('to change are refused', async () => {
    const name = await newTopic();
    const answers = [
      await send('PATCH', `/topics/${name}`, { partitions_count: 2_147_483_647 }),
      await send('PATCH', `/topics/${name}`, { partitions_count: -2_147_483_648 }),
      await send('PUT', `/topics/${name}/configs/retention.ms`, { value: long }),
      await send('PUT', `/topics/${name}/configs/${'x'.repeat(5_000)}`, { value: '1' }),
      await send('POST', `/topics/${name}/configs:alter`, { data: [{ name: '', value: '' }] }),
      await send('PUT', '/brokers/1/configs/log.retention.ms', { value: long }),
      await send('PUT', '/broker-configs/log.retention.ms', { value: long }),
      await get(`/topics/${name}/partitions/2147483647/offset`),
      await get(`/topics/${'x'.repeat(300)}/partitions/-/reassignment`),
      await get('/brokers/-2147483648/configs'),
    ];

    expect(answers.map(({ status, text }) => (status < 500 ? 'refused' : text))).toEqual(
      answers.map(() => 'refused'),
    );
  });
});

describe('configurations of topics on a real cluster', () => {
  it('show what is set and what is default', async () => {
    const name = await newTopic({ configs: [{ name: 'retention.ms', value: '12345' }] });

    expect(await get(`/topics/${name}/configs/retention.ms`)).toMatchObject({
      status: 200,
      json: {
        value: '12345',
        source: 'DYNAMIC_TOPIC_CONFIG',
        is_default: false,
        synonyms: [{ name: 'retention.ms', value: '12345', source: 'DYNAMIC_TOPIC_CONFIG' }],
      },
    });
    expect(await get(`/topics/${name}/configs/compression.type`)).toMatchObject({
      json: { value: 'producer', source: 'DEFAULT_CONFIG', is_default: true },
    });
    const { json } = await get(`/topics/${name}/configs`);
    const names = (json as { data: readonly { name: string }[] }).data.map((entry) => entry.name);
    expect(names.length).toBeGreaterThan(20);
    expect(names).toEqual([...names].sort());
  });

  it('are set, reset and altered, and read as they were written', async () => {
    const name = await newTopic();
    const path = `/topics/${name}/configs/retention.ms`;
    for (let value = 1; value <= 10; value++) {
      expect(await send('PUT', path, { value })).toMatchObject({ status: 204 });
      expect(await get(path)).toMatchObject({ json: { value: String(value), is_default: false } });
    }
    expect(await send('DELETE', path)).toMatchObject({ status: 204 });
    expect(await get(path)).toMatchObject({ json: { value: '604800000', is_default: true } });

    const data = [
      { name: 'retention.ms', value: '7' },
      { name: 'cleanup.policy', value: 'compact' },
    ];
    expect(await send('POST', `/topics/${name}/configs:alter`, { data })).toMatchObject({ status: 204 });
    expect(await get(path)).toMatchObject({ json: { value: '7' } });
    const bad = { name: 'cleanup.policy', value: 'bad' };
    expect(
      await send('POST', `/topics/${name}/configs:alter`, {
        data: [{ name: 'retention.ms', operation: 'DELETE' }, bad],
      }),
    ).toMatchObject(
      refused('Invalid value bad for configuration cleanup.policy: String must be one of: compact, delete'),
    );
    const check = { data: [{ name: 'retention.ms', value: '8' }], validate_only: true };
    expect(await send('POST', `/topics/${name}/configs:alter`, check)).toMatchObject({ status: 204 });
    expect(await get(path)).toMatchObject({ json: { value: '7' } });
  });

  it('are refused with the text of the broker', async () => {
    const name = await newTopic();
    const path = `/topics/${name}/configs/retention.ms`;

    expect(await send('PUT', path, { value: 'abc' })).toMatchObject(
      refused('Invalid value abc for configuration retention.ms: Not a number of type LONG'),
    );
    expect(await send('PUT', path, {})).toMatchObject(refused('Null value not supported for : retention.ms'));
    const data = [1, 2].map((value) => ({ name: 'retention.ms', value }));
    expect(await send('POST', `/topics/${name}/configs:alter`, { data })).toMatchObject(
      refused('Error due to duplicate config keys'),
    );
    expect(await get(`/topics/${uniqueName('missing')}/configs`)).toMatchObject(unknownTopic);
  });

  it('of several topics change one by one', async () => {
    const [one, two] = [await newTopic(), await newTopic()];
    const set = (topic: string, value: string): object => ({
      topic_name: topic,
      configs: [{ name: 'retention.ms', value }],
    });

    const answer = await send('POST', '/topics/-/configs:alter', { data: [set(one, 'x'), set(two, '2')] });

    expect(answer).toMatchObject({
      status: 207,
      json: {
        failures: [
          {
            topic_name: one,
            error_code: 40002,
            message: 'Invalid value x for configuration retention.ms: Not a number of type LONG',
          },
        ],
      },
    });
    expect(await get(`/topics/${two}/configs/retention.ms`)).toMatchObject({ json: { value: '2' } });
    const missing = { data: [set(one, '3'), set(uniqueName('missing'), '3')] };
    expect(await send('POST', '/topics/-/configs:alter', missing)).toMatchObject(unknownTopic);
  });

  it('of all topics are one list', async () => {
    const names = [await newTopic(), await newTopic()];

    const { status, json } = await get('/topics/-/configs');

    const { data } = json as { data: readonly { topic_name: string; name: string }[] };
    expect(status).toBe(200);
    for (const name of names) {
      const own = data.filter((entry) => entry.topic_name === name);
      expect(own.map((entry) => entry.name)).toContain('retention.ms');
      expect(own.length).toBeGreaterThan(20);
    }
  });
});
