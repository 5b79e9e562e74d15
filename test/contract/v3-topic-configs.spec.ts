import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp, type Answer } from '../support/contract-app.ts';

let app: ContractApp;
const topics = '/v3/clusters/fake-cluster/topics';

beforeAll(async () => {
  app = await ContractApp.start();
});
afterAll(() => app.close());

beforeEach(async () => {
  for (const name of app.kafka.cluster.topicNames()) await app.kafka.admin.deleteTopic(name);
  for (const name of ['t1', 't2'])
    app.kafka.cluster.createTopic(name, 1, {
      configs: { 'retention.ms': '604800000', 'cleanup.policy': 'delete' },
    });
});

/** The recorded body of a default. */
function golden(topic: string, name: string, value: string): string {
  return (
    `{"kind":"KafkaTopicConfig","metadata":{"self":"${app.url}${topics}/${topic}/configs/${name}",` +
    `"resource_name":"crn:///kafka=fake-cluster/topic=${topic}/config=${name}"},"cluster_id":"fake-cluster",` +
    `"name":"${name}","value":"${value}","is_read_only":false,"is_sensitive":false,"source":"DEFAULT_CONFIG",` +
    `"synonyms":[],"topic_name":"${topic}","is_default":true}`
  );
}

function goldenSet(topic: string, name: string, value: string): string {
  const source = '"source":"DYNAMIC_TOPIC_CONFIG"';
  return golden(topic, name, value)
    .replace('"source":"DEFAULT_CONFIG"', source)
    .replace('"synonyms":[]', `"synonyms":[{"name":"${name}","value":"${value}",${source}}]`)
    .replace('"is_default":true', '"is_default":false');
}

function goldenList(topic: string, ...entries: readonly string[]): string {
  const self = `${app.url}${topics}/${topic}/configs`;
  return `{"kind":"KafkaTopicConfigList","metadata":{"self":"${self}","next":null},"data":[${entries.join(',')}]}`;
}

function error(status: number, code: number, message: string): object {
  return { status, text: JSON.stringify({ error_code: code, message }) };
}

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return app.request(path, { method, headers: { 'Content-Type': 'application/json' }, body });
}

async function valueOf(topic: string, name: string): Promise<unknown> {
  const { json } = await app.request(`${topics}/${topic}/configs/${name}`);
  return (json as { readonly value: unknown }).value;
}

const unknownTopic = error(404, 40403, 'This server does not host this topic-partition.');
const notFound = error(404, 404, 'HTTP 404 Not Found');
const noBody = error(422, 42206, 'Payload error. Null input provided. Data is required.');

describe('GET /v3/clusters/{cluster_id}/topics/{topic}/configs', () => {
  it('lists entries by name, byte for byte as the original', async () => {
    expect(await app.request(`${topics}/t1/configs`)).toMatchObject({
      status: 200,
      text: goldenList(
        't1',
        golden('t1', 'cleanup.policy', 'delete'),
        golden('t1', 'retention.ms', '604800000'),
      ),
    });
  });

  it('answers one', async () => {
    expect(await app.request(`${topics}/t1/configs/retention.ms`)).toMatchObject({
      status: 200,
      text: golden('t1', 'retention.ms', '604800000'),
    });
  });

  it('answers 404 for a topic or a name that does not exist', async () => {
    expect(await app.request(`${topics}/nope/configs`)).toMatchObject(unknownTopic);
    expect(await app.request(`${topics}/nope/configs/retention.ms`)).toMatchObject(unknownTopic);
    expect(await app.request(`${topics}/t1/configs/nope`)).toMatchObject(notFound);
  });
});

describe('GET /v3/clusters/{cluster_id}/topics/-/configs', () => {
  it('lists those of all topics', async () => {
    await send('PUT', `${topics}/t2/configs/retention.ms`, { value: '1' });

    expect(await app.request(`${topics}/-/configs`)).toMatchObject({
      status: 200,
      text: goldenList(
        '-',
        golden('t1', 'cleanup.policy', 'delete'),
        golden('t1', 'retention.ms', '604800000'),
        golden('t2', 'cleanup.policy', 'delete'),
        goldenSet('t2', 'retention.ms', '1'),
      ),
    });
  });

  it('lists none where there are no topics', async () => {
    for (const name of app.kafka.cluster.topicNames()) app.kafka.cluster.deleteTopic(name);

    expect(await app.request(`${topics}/-/configs`)).toMatchObject({ text: goldenList('-') });
  });

  it('asks Kafka once for 200 topics, and answers HEAD without asking for the rest', async () => {
    for (let i = 0; i < 448; i++) app.kafka.cluster.createTopic(`many-${i}`);
    app.kafka.admin.described.length = 0;

    const { status, json } = await app.request(`${topics}/-/configs`);

    expect(status).toBe(200);
    expect((json as { readonly data: readonly unknown[] }).data).toHaveLength(448 + 4);
    expect(app.kafka.admin.described).toEqual([200, 200, 50]);
    expect(await app.request(`${topics}/-/configs`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
    });
  });

  it('leaves out a topic that vanishes meanwhile', async () => {
    app.kafka.admin.beforeDescribe = () => app.kafka.cluster.deleteTopic('t1');

    const answer = await app.request(`${topics}/-/configs`);
    app.kafka.admin.beforeDescribe = () => {};

    expect(answer).toMatchObject({
      status: 200,
      json: { data: [{ topic_name: 't2' }, { topic_name: 't2' }] },
    });
  });

  it('does not look complete when Kafka fails after the beginning was sent', async () => {
    for (let i = 0; i < 398; i++) app.kafka.cluster.createTopic(`many-${i}`);
    let asked = 0;
    app.kafka.admin.beforeDescribe = () => {
      if (++asked === 2) app.kafka.cluster.failure = KafkaError.of('NETWORK_EXCEPTION');
    };

    const outcome = await app.request(`${topics}/-/configs`).catch((error: unknown) => error);
    app.kafka.admin.beforeDescribe = () => {};
    app.kafka.cluster.failure = undefined;

    expect(outcome).toBeInstanceOf(Error);
  });

  it('has pages of topics', async () => {
    const { json } = await app.request(`${topics}/-/configs?page_size=1`);
    const { metadata, data } = json as { metadata: { next: string }; data: readonly object[] };
    const next = await app.request(metadata.next.replace(app.url, ''));

    expect(data.map((entry) => ({ ...entry, metadata: 0 }))).toMatchObject([
      { topic_name: 't1' },
      { topic_name: 't1' },
    ]);
    expect(next).toMatchObject({
      json: { metadata: { next: null }, data: [{ topic_name: 't2' }, { topic_name: 't2' }] },
    });
  });

  it('is compressed when the client asks', async () => {
    const answer = await app.request(`${topics}/-/configs`, { headers: { 'Accept-Encoding': 'gzip' } });

    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.json).toMatchObject({ kind: 'KafkaTopicConfigList' });
  });
});

describe('PUT and DELETE /v3/clusters/{cluster_id}/topics/{topic}/configs/{name}', () => {
  const path = `${topics}/t1/configs/retention.ms`;

  it('set and reset', async () => {
    expect(await send('PUT', path, { value: 5 })).toMatchObject({ status: 204, text: '' });
    expect(await app.request(path)).toMatchObject({ text: goldenSet('t1', 'retention.ms', '5') });

    expect(await send('DELETE', path)).toMatchObject({ status: 204, text: '' });
    expect(await app.request(path)).toMatchObject({ text: golden('t1', 'retention.ms', '604800000') });
  });

  it.each([{}, { value: null }])('refuse %j', async (body) => {
    expect(await send('PUT', path, body)).toMatchObject(
      error(400, 40002, 'Null value not supported for : retention.ms'),
    );
  });

  it('refuse what is no value, and no body', async () => {
    expect(await send('PUT', path, { value: 'abc' })).toMatchObject(
      error(400, 40002, 'Invalid value abc for configuration retention.ms: Not a number of type LONG'),
    );
    expect(await send('PUT', path)).toMatchObject(noBody);
    expect(await send('PUT', path, { value: [] })).toMatchObject({ status: 400 });
  });

  it.each(['PUT', 'DELETE'])('%s answers 404 for a name or topic that does not exist', async (method) => {
    const body = method === 'PUT' ? { value: '1' } : undefined;

    expect(await send(method, `${topics}/t1/configs/nope`, body)).toMatchObject(
      error(404, 404, 'Config nope cannot be found for TOPIC t1 in cluster fake-cluster.'),
    );
    expect(await send(method, `${topics}/nope/configs/retention.ms`, body)).toMatchObject(unknownTopic);
  });
});

describe('POST /v3/clusters/{cluster_id}/topics/{topic}/configs:alter', () => {
  const path = `${topics}/t1/configs:alter`;

  it('sets and resets at one time', async () => {
    await send('PUT', `${topics}/t1/configs/cleanup.policy`, { value: 'compact' });
    const data = [
      { name: 'retention.ms', value: '7' },
      { name: 'cleanup.policy', operation: 'DELETE' },
    ];

    expect(await send('POST', path, { data })).toMatchObject({ status: 204, text: '' });

    expect(await valueOf('t1', 'retention.ms')).toBe('7');
    expect(await valueOf('t1', 'cleanup.policy')).toBe('delete');
  });

  it('changes nothing when one change is refused, or with validate_only', async () => {
    const good = { name: 'cleanup.policy', value: 'compact', operation: 'SET' };
    const bad = { name: 'retention.ms', value: 'x' };

    expect(await send('POST', path, { data: [good, bad] })).toMatchObject({ status: 400 });
    expect(await send('POST', path, { data: [good], validate_only: true })).toMatchObject({ status: 204 });

    expect(await valueOf('t1', 'cleanup.policy')).toBe('delete');
  });

  it('takes an empty list', async () => {
    expect(await send('POST', path, { data: [] })).toMatchObject({ status: 204 });
  });

  it.each([
    [undefined, 422, 42206, 'Payload error. Null input provided. Data is required.'],
    [{}, 400, 400, 'Cannot construct instance of `AlterConfigBatchRequestData`, problem: Null data at data'],
    [
      { data: [{ value: '1' }] },
      400,
      400,
      'Cannot construct instance of `AlterEntry`, problem: Null name at data[0].name',
    ],
    [
      { data: [{ name: 'retention.ms', operation: 'set' }] },
      400,
      400,
      'Cannot deserialize value of type `AlterOperation` from String "set": not one of the values accepted for Enum class: [SET, DELETE] at data[0].operation',
    ],
    [
      {
        data: [
          { name: 'retention.ms', value: '1' },
          { name: 'retention.ms', value: '2' },
        ],
      },
      400,
      40002,
      'Error due to duplicate config keys',
    ],
    [{ data: [{ name: 'nope', value: '1' }] }, 404, 404, 'HTTP 404 Not Found'],
  ])('refuses %j', async (body, status, code, message) => {
    expect(await send('POST', path, body)).toMatchObject(error(status, code, message));
  });

  it('answers 404 for a topic that does not exist', async () => {
    const data = [{ name: 'retention.ms', value: '7' }];

    expect(await send('POST', `${topics}/nope/configs:alter`, { data })).toMatchObject(unknownTopic);
    expect(await app.request(`${topics}/t1/configs:other`)).toMatchObject({ status: 404 });
  });
});

describe('POST /v3/clusters/{cluster_id}/topics/-/configs:alter', () => {
  const path = `${topics}/-/configs:alter`;
  const set = (topic: string, value: string): object => ({
    topic_name: topic,
    configs: [{ name: 'retention.ms', value }],
  });

  it('changes several topics', async () => {
    expect(await send('POST', path, { data: [set('t1', '1'), set('t2', '2')] })).toMatchObject({
      status: 204,
      text: '',
    });
    expect([await valueOf('t1', 'retention.ms'), await valueOf('t2', 'retention.ms')]).toEqual(['1', '2']);
  });

  it('changes those that it can, and says why not the others', async () => {
    expect(await send('POST', path, { data: [set('t1', 'x'), set('t2', '2')] })).toMatchObject({
      status: 207,
      text:
        '{"failures":[{"topic_name":"t1","error_code":40002,"message":' +
        '"Invalid value x for configuration retention.ms: Not a number of type LONG"}]}',
    });
    expect(await valueOf('t2', 'retention.ms')).toBe('2');
  });

  it('changes nothing when one does not exist, or with validate_only', async () => {
    expect(await send('POST', path, { data: [set('t1', '1'), set('nope', '2')] })).toMatchObject(
      unknownTopic,
    );
    const unknownName = { topic_name: 't2', configs: [{ name: 'nope', value: '1' }] };
    expect(await send('POST', path, { data: [set('t1', '1'), unknownName] })).toMatchObject(notFound);
    expect(await send('POST', path, { data: [set('t1', '1')], validate_only: true })).toMatchObject({
      status: 204,
    });

    expect(await valueOf('t1', 'retention.ms')).toBe('604800000');
  });

  it.each([undefined, 'null'])('refuses the body %j', async (body) => {
    expect(await send('POST', path, body)).toMatchObject(noBody);
  });

  it('takes an empty list, and refuses none', async () => {
    expect(await send('POST', path, { data: [] })).toMatchObject({ status: 204 });
    expect(await send('POST', path, {})).toMatchObject({ status: 400 });
    expect(await send('POST', path, { data: [{ topic_name: 't1' }] })).toMatchObject(
      error(
        400,
        400,
        'Cannot construct instance of `TopicAlterEntry`, problem: Null configs at data[0].configs',
      ),
    );
  });
});

describe('configurations of topics of another cluster', () => {
  const other = '/v3/clusters/nope/topics';

  it.each([
    ['GET', '/t1/configs', undefined],
    ['GET', '/t1/configs/retention.ms', undefined],
    ['PUT', '/t1/configs/retention.ms', { value: '1' }],
    ['DELETE', '/t1/configs/retention.ms', undefined],
    ['POST', '/t1/configs:alter', { data: [{ name: 'retention.ms', value: '1' }] }],
    ['POST', '/-/configs:alter', { data: [] }],
  ] as const)('are not found: %s %s', async (method, path, body) => {
    expect(await send(method, other + path, body)).toMatchObject(notFound);
    expect(await valueOf('t1', 'retention.ms')).toBe('604800000');
  });

  it('are not found as a list', async () => {
    expect(await app.request(`${other}/-/configs`)).toMatchObject(
      error(404, 404, 'Cluster nope cannot be found.'),
    );
  });
});
