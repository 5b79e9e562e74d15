import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp, type Answer } from '../support/contract-app.ts';

let app: ContractApp;
let topics: string;

beforeAll(async () => {
  app = await ContractApp.start();
  topics = '/v3/clusters/fake-cluster/topics';
});
afterAll(() => app.close());

beforeEach(() => {
  for (const name of app.kafka.cluster.topicNames()) app.kafka.cluster.deleteTopic(name);
  app.kafka.cluster.createTopic('t1', 3);
});

/** The recorded body. */
function golden(name: string, partitions: number, operations = '[]'): string {
  const url = `${app.url}${topics}/${name}`;
  return (
    `{"kind":"KafkaTopic","metadata":{"self":"${url}","resource_name":"crn:///kafka=fake-cluster/topic=${name}"},` +
    `"cluster_id":"fake-cluster","topic_name":"${name}","is_internal":false,"replication_factor":1,` +
    `"partitions_count":${partitions},"partitions":{"related":"${url}/partitions"},` +
    `"configs":{"related":"${url}/configs"},` +
    `"partition_reassignments":{"related":"${url}/partitions/-/reassignment"},"authorized_operations":${operations}}`
  );
}

function error(status: number, code: number, message: string): object {
  return { status, text: JSON.stringify({ error_code: code, message }) };
}

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return app.request(path, { method, headers: { 'Content-Type': 'application/json' }, body });
}

const unknown = error(404, 40403, 'This server does not host this topic-partition.');

describe('GET /v3/clusters/{cluster_id}/topics', () => {
  it('lists topics by name, without internal ones, byte for byte as the original', async () => {
    app.kafka.cluster.createTopic('__offsets', 1, { internal: true });
    app.kafka.cluster.createTopic('B');
    app.kafka.cluster.createTopic('a');

    const answer = await app.request(topics);

    expect(answer).toMatchObject({
      status: 200,
      text:
        `{"kind":"KafkaTopicList","metadata":{"self":"${app.url}${topics}","next":null},` +
        `"data":[${golden('B', 1)},${golden('a', 1)},${golden('t1', 3)}]}`,
    });
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it.each(['includeAuthorizedOperations=true', 'include_authorized_operations=TRUE'])(
    'says with ?%s what may be done',
    async (query) => {
      const { text } = await app.request(`${topics}?${query}`);

      expect(text).toContain(golden('t1', 3, '["READ","WRITE","DESCRIBE"]'));
    },
  );

  it.each(['includeAuthorizedOperations=yes', 'page_limit=1', 'includeAuthorizedOperations='])(
    'ignores ?%s',
    async (query) => {
      expect(await app.request(`${topics}?${query}`)).toMatchObject({
        text: expect.stringContaining(golden('t1', 3)),
      });
    },
  );
});

describe('pages of a list', () => {
  interface List {
    readonly metadata: { readonly self: string; readonly next: string | null };
    readonly data: readonly { readonly topic_name: string }[];
  }

  async function get(url: string): Promise<List> {
    const answer = await app.request(url.replace(app.url, ''));
    expect(answer.status).toBe(200);
    return answer.json as List;
  }

  it('lead from one to the next, and keep what else was asked', async () => {
    for (const name of ['a', 'b', 'c', 'd']) app.kafka.cluster.createTopic(name);

    const first = await get(`${topics}?includeAuthorizedOperations=true&page_size=2`);
    const second = await get(first.metadata.next ?? '');
    app.kafka.cluster.deleteTopic('d');
    app.kafka.cluster.createTopic('aa');
    const third = await get(second.metadata.next ?? '');

    expect([first, second, third].map(({ data }) => data.map((topic) => topic.topic_name))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['t1'],
    ]);
    expect(second.metadata.next).toContain('includeAuthorizedOperations=true');
    expect(second.data[0]).toMatchObject({ authorized_operations: ['READ', 'WRITE', 'DESCRIBE'] });
    expect([first, third].map(({ metadata }) => metadata)).toMatchObject([
      { self: `${app.url}${topics}` },
      { self: `${app.url}${topics}`, next: null },
    ]);
  });

  it('end where a page ends with the list', async () => {
    app.kafka.cluster.createTopic('a');

    expect(await get(`${topics}?page_size=2`)).toMatchObject({ metadata: { next: null } });
    expect(await get(`${topics}?page_size=1000000000`.slice(0, -1))).toMatchObject({
      metadata: { next: null },
    });
  });

  it.each(['page_size=0', 'page_size=-1', 'page_size=x', 'page_size=1e3', 'page_size=', 'page_token=%C3%A4'])(
    'are refused for ?%s',
    async (query) => {
      expect(await app.request(`${topics}?${query}`)).toMatchObject({
        status: 400,
        json: { error_code: 400 },
      });
    },
  );
});

describe('GET /v3/clusters/{cluster_id}/topics/{topic}', () => {
  it('answers the topic, byte for byte as the original', async () => {
    expect(await app.request(`${topics}/t1`)).toMatchObject({ status: 200, text: golden('t1', 3) });
    expect(await app.request(`${topics}/t1?include_authorized_operations=true`)).toMatchObject({
      text: golden('t1', 3, '["READ","WRITE","DESCRIBE"]'),
    });
  });

  it('answers 404 for one that does not exist, and 400 for one that cannot', async () => {
    expect(await app.request(`${topics}/nope`)).toMatchObject(unknown);
    expect(await app.request(`${topics}/bad%20name`)).toMatchObject(
      error(400, 40002, 'The request attempted to perform an operation on an invalid topic.'),
    );
  });
});

describe('POST /v3/clusters/{cluster_id}/topics', () => {
  it('creates a topic and says where it is', async () => {
    const answer = await send('POST', topics, {
      topic_name: 'new',
      partitions_count: 2,
      replication_factor: 1,
      configs: [{ name: 'retention.ms', value: 5 }],
    });

    expect(answer).toMatchObject({ status: 201, text: golden('new', 2) });
    expect(answer.headers.get('location')).toBe(`${app.url}${topics}/new`);
    expect(await app.request(`${topics}/new`)).toMatchObject({ text: golden('new', 2) });
    expect(await app.request(`${topics}/new/configs/retention.ms`)).toMatchObject({ json: { value: '5' } });
  });

  it('leaves the counts to the brokers', async () => {
    expect(await send('POST', topics, { topic_name: 'new' })).toMatchObject({ text: golden('new', 1) });
    const counts = { partitions_count: -1, replication_factor: -1 };
    expect(await send('POST', topics, { topic_name: 'other', ...counts })).toMatchObject({ status: 201 });
  });

  it('creates nothing with validate_only', async () => {
    const answer = await send('POST', topics, {
      topic_name: 'new',
      partitions_count: 2,
      validate_only: true,
    });

    expect(answer).toMatchObject({ status: 200, text: golden('new', 2) });
    expect(await app.request(`${topics}/new`)).toMatchObject({ status: 404 });
  });

  it.each([
    { replicas_assignments: { 0: [1, 2], 1: [2, 3] } },
    {
      replicas_assignments: [
        { partition_id: 1, broker_ids: [2, 3] },
        { partition_id: 0, broker_ids: [1, 2] },
      ],
    },
  ])('takes assignments before counts: %j', async (assignments) => {
    const body = { topic_name: 'new', partitions_count: 7, ...assignments, validate_only: true };

    expect(await send('POST', topics, body)).toMatchObject({
      json: { partitions_count: 2, replication_factor: 2 },
    });
  });

  it.each([{ replicas_assignments: {} }, { replicas_assignments: [] }, { replicas_assignments: null }])(
    'takes counts where nothing is assigned: %j',
    async (assignments) => {
      const body = { topic_name: 'new', partitions_count: 3, ...assignments, validate_only: true };

      expect(await send('POST', topics, body)).toMatchObject({ status: 200, json: { partitions_count: 3 } });
    },
  );

  it.each([
    [{ topic_name: 't1' }, 40002, "Topic 't1' already exists."],
    [
      { topic_name: 'new', partitions_count: 0 },
      40002,
      'Number of partitions was set to an invalid non-positive value.',
    ],
    [
      { topic_name: 'new', configs: [{ name: 'retention.ms' }] },
      40002,
      'Null value not supported for topic configs: retention.ms',
    ],
    [
      {
        topic_name: 'new',
        configs: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      },
      40002,
      'Error due to duplicate config keys',
    ],
    [{}, 400, 'Cannot construct instance of `CreateTopicRequest`, problem: Null topicName at topic_name'],
    [
      { topic_name: 'new', configs: [{ value: '1' }] },
      400,
      'Cannot construct instance of `ConfigEntry`, problem: Null name at configs[0].name',
    ],
    [
      { topic_name: 'new', replication_factor: 40_000 },
      400,
      'Numeric value (40000) out of range of short at replication_factor',
    ],
    [
      { topic_name: 'new', replicas_assignments: { 0: ['x'] } },
      400,
      'Cannot deserialize value of type `Map`: lists of broker ids by partition at replicas_assignments.0',
    ],
    [
      { topic_name: 'new', replicas_assignments: 'x' },
      400,
      'Cannot deserialize value of type `Map`: lists of broker ids by partition at replicas_assignments',
    ],
    [
      { topic_name: 'new', replicas_assignments: [{ partition_id: -1, broker_ids: [1] }] },
      400,
      'Cannot deserialize value of type `Map`: lists of broker ids by partition at replicas_assignments[0]',
    ],
  ])('refuses %j', async (body, code, message) => {
    expect(await send('POST', topics, body)).toMatchObject(error(400, code, message));
  });

  it.each(['', '.', '..', 'bad name', 'x'.repeat(250)])('refuses the name %j', async (name) => {
    expect(await send('POST', topics, { topic_name: name })).toMatchObject(
      error(422, 42206, 'Payload error. Invalid topic name.'),
    );
  });

  it.each([undefined, 'null'])('refuses the body %j', async (body) => {
    expect(await send('POST', topics, body)).toMatchObject(
      error(422, 42206, 'Payload error. Request body is empty. Data is required.'),
    );
  });

  it.each([
    { partitions: 1 },
    { replicas_assignments: [{ partition_id: 0, broker_ids: [1], partitions: 1 }] },
  ])('refuses a field that it does not know: %j', async (more) => {
    expect(await send('POST', topics, { topic_name: 'new', ...more })).toMatchObject(
      error(422, 422, 'Unrecognized field: partitions'),
    );
  });
});

describe('PATCH /v3/clusters/{cluster_id}/topics/{topic}', () => {
  it('adds partitions', async () => {
    const answer = await send('PATCH', `${topics}/t1`, { partitions_count: 5 });

    expect(answer).toMatchObject({ status: 200, text: golden('t1', 5) });
  });

  it.each([
    [3, 'Topic already has 3 partition(s).'],
    [1, 'The topic t1 currently has 3 partition(s); 1 would not be an increase.'],
  ])('refuses %d', async (count, message) => {
    expect(await send('PATCH', `${topics}/t1`, { partitions_count: count })).toMatchObject(
      error(400, 40002, message),
    );
  });

  it.each([undefined, {}])('refuses the body %j', async (body) => {
    expect(await send('PATCH', `${topics}/t1`, body)).toMatchObject(
      error(422, 42206, 'Payload error. Request body is empty. Partitions_count is required.'),
    );
  });

  it('changes nothing in another cluster', async () => {
    const answer = await send('PATCH', '/v3/clusters/nope/topics/t1', { partitions_count: 5 });

    expect(answer).toMatchObject(error(404, 404, 'Cluster nope cannot be found.'));
    expect(await app.request(`${topics}/t1`)).toMatchObject({ text: golden('t1', 3) });
  });
});

describe('DELETE /v3/clusters/{cluster_id}/topics/{topic}', () => {
  it('deletes', async () => {
    expect(await send('DELETE', `${topics}/t1`)).toMatchObject({ status: 204, text: '' });
    expect(await send('DELETE', `${topics}/t1`)).toMatchObject(unknown);
  });
});

describe('topics of another cluster', () => {
  it.each([
    ['GET', '', undefined],
    ['POST', '', { topic_name: 'new' }],
    ['GET', '/t1', undefined],
    ['DELETE', '/t1', undefined],
  ] as const)('are not found: %s %s', async (method, path, body) => {
    const answer = await send(method, `/v3/clusters/nope/topics${path}`, body);

    expect(answer).toMatchObject(error(404, 404, 'Cluster nope cannot be found.'));
    expect(app.kafka.cluster.topicNames()).toEqual(['t1']);
  });
});
