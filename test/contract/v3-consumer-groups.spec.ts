import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { GroupMember } from '#libs/kafka/kafka-groups.ts';
import { ContractApp } from '../support/contract-app.ts';

let app: ContractApp;
const cluster = '/v3/clusters/fake-cluster';
const groups = `${cluster}/consumer-groups`;

beforeAll(async () => {
  app = await ContractApp.start();
});
afterAll(() => app.close());

const dynamicMember: GroupMember = {
  memberId: 'consumer-ge-21-aa',
  instanceId: null,
  clientId: 'consumer-ge-21',
  partitions: [
    { topic: 's1', partition: 0 },
    { topic: 's1', partition: 10 },
    { topic: 's2', partition: 2 },
  ],
};
const staticMember: GroupMember = {
  memberId: 'i/1-bb',
  instanceId: 'i/1',
  clientId: 'client',
  partitions: [],
};

beforeEach(() => {
  app.kafka.cluster.failure = undefined;
  app.kafka.groups.clear();
  app.kafka.groups.put('gd');
  app.kafka.groups.put('ge', {
    simple: false,
    assignor: 'range',
    state: 'STABLE',
    members: [dynamicMember, staticMember],
  });
});

function goldenGroup(
  name: string,
  fields = '"is_simple":true,"partition_assignor":"","state":"EMPTY","type":"CLASSIC","is_mixed_consumer_group":false',
): string {
  const url = `${app.url}${groups}/${encodeURIComponent(name)}`;
  return (
    `{"kind":"KafkaConsumerGroup","metadata":{"self":"${url}",` +
    `"resource_name":"crn:///kafka=fake-cluster/consumer-group=${name}"},"cluster_id":"fake-cluster",` +
    `"consumer_group_id":"${name}",${fields},"coordinator":{"related":"${app.url}${cluster}/brokers/1"},` +
    `"consumers":{"related":"${url}/consumers"},"lag_summary":{"related":"${url}/lag-summary"}}`
  );
}

const stable =
  '"is_simple":false,"partition_assignor":"range","state":"STABLE","type":"CLASSIC","is_mixed_consumer_group":false';

function goldenConsumer(id: string, instanceId: string, clientId: string): string {
  const url = `${app.url}${groups}/ge/consumers/${encodeURIComponent(id)}`;
  return (
    `{"kind":"KafkaConsumer","metadata":{"self":"${url}",` +
    `"resource_name":"crn:///kafka=fake-cluster/consumer-group=ge/consumer=${id}"},"cluster_id":"fake-cluster",` +
    `"consumer_group_id":"ge","consumer_id":"${id}","instance_id":${instanceId},"client_id":"${clientId}",` +
    `"assignments":{"related":"${url}/assignments"}}`
  );
}

function goldenAssignment(topic: string, partition: number): string {
  const url = `${app.url}${groups}/ge`;
  const member = 'consumer-ge-21-aa';
  const place = `${topic}/partitions/${partition}`;
  return (
    `{"kind":"KafkaConsumerAssignment","metadata":{"self":"${url}/consumers/${member}/assignments/${place}",` +
    `"resource_name":"crn:///kafka=fake-cluster/consumer-group=ge/consumer=${member}/assignment=${topic}/partition=${partition}"},` +
    `"cluster_id":"fake-cluster","consumer_group_id":"ge","consumer_id":"${member}","topic_name":"${topic}",` +
    `"partition_id":${partition},"partition":{"related":"${app.url}${cluster}/topics/${place}"},` +
    `"lag":{"related":"${url}/lags/${place}"}}`
  );
}

function list(kind: string, path: string, ...items: readonly string[]): string {
  return `{"kind":"${kind}","metadata":{"self":"${app.url}${path}","next":null},"data":[${items.join(',')}]}`;
}

function notFound(message: string): object {
  return { status: 404, text: JSON.stringify({ error_code: 404, message }) };
}

describe('GET /v3/clusters/{cluster_id}/consumer-groups', () => {
  it('lists groups by id, byte for byte as the original', async () => {
    app.kafka.groups.put('a/b');

    expect(await app.request(groups)).toMatchObject({
      status: 200,
      text: list(
        'KafkaConsumerGroupList',
        groups,
        goldenGroup('a/b'),
        goldenGroup('gd'),
        goldenGroup('ge', stable),
      ),
    });
  });

  it('describes the groups of a page only, and leads to the next', async () => {
    const first = await app.request(`${groups}?page_size=1`);
    const { metadata } = first.json as { metadata: { next: string } };

    expect(first.text).toContain(`"data":[${goldenGroup('gd')}]`);
    expect(await app.request(metadata.next.replace(app.url, ''))).toMatchObject({
      text: list('KafkaConsumerGroupList', groups, goldenGroup('ge', stable)),
    });
    expect(app.kafka.groups.described).toEqual([1, 1]);
  });

  it('says what Kafka says when it cannot tell', async () => {
    app.kafka.cluster.failure = KafkaError.of('GROUP_AUTHORIZATION_FAILED');

    expect(await app.request(groups)).toMatchObject({ status: 403, json: { error_code: 40301 } });
  });
});

describe('GET …/consumer-groups/{group}', () => {
  it('shows a group of the new protocol', async () => {
    app.kafka.groups.put('new', {
      simple: false,
      type: 'CONSUMER',
      state: 'RECONCILING',
      assignor: 'uniform',
      mixed: true,
    });

    expect(await app.request(`${groups}/new`)).toMatchObject({
      status: 200,
      text: goldenGroup(
        'new',
        '"is_simple":false,"partition_assignor":"uniform","state":"RECONCILING","type":"CONSUMER","is_mixed_consumer_group":true',
      ),
    });
  });

  it('finds a name with a slash', async () => {
    app.kafka.groups.put('a/b');

    expect(await app.request(`${groups}/a%2Fb`)).toMatchObject({ status: 200, text: goldenGroup('a/b') });
  });

  it('says that there is none', async () => {
    expect(await app.request(`${groups}/nope`)).toMatchObject(notFound('HTTP 404 Not Found'));
  });
});

describe('GET …/consumer-groups/{group}/consumers', () => {
  it('lists the members, byte for byte as the original', async () => {
    expect(await app.request(`${groups}/ge/consumers`)).toMatchObject({
      status: 200,
      text: list(
        'KafkaConsumerList',
        `${groups}/ge/consumers`,
        goldenConsumer('consumer-ge-21-aa', 'null', 'consumer-ge-21'),
        goldenConsumer('i/1-bb', '"i/1"', 'client'),
      ),
    });
    expect(await app.request(`${groups}/gd/consumers`)).toMatchObject({
      status: 200,
      text: list('KafkaConsumerList', `${groups}/gd/consumers`),
    });
  });

  it('shows one', async () => {
    expect(await app.request(`${groups}/ge/consumers/i%2F1-bb`)).toMatchObject({
      status: 200,
      text: goldenConsumer('i/1-bb', '"i/1"', 'client'),
    });
  });

  it.each([
    ['nope/consumers', 'Consumer Group nope does not exist.'],
    ['nope/consumers/x', 'Consumer Group nope does not exist.'],
    ['ge/consumers/nope', 'HTTP 404 Not Found'],
  ])('%s: %s', async (path, message) => {
    expect(await app.request(`${groups}/${path}`)).toMatchObject(notFound(message));
  });
});

describe('GET …/consumers/{consumer}/assignments', () => {
  const assignments = `${groups}/ge/consumers/consumer-ge-21-aa/assignments`;

  it('lists partitions by topic and number, byte for byte as the original', async () => {
    expect(await app.request(assignments)).toMatchObject({
      status: 200,
      text: list(
        'KafkaConsumerAssignmentList',
        assignments,
        goldenAssignment('s1', 0),
        goldenAssignment('s1', 10),
        goldenAssignment('s2', 2),
      ),
    });
    expect(await app.request(`${groups}/ge/consumers/i%2F1-bb/assignments`)).toMatchObject({
      status: 200,
      json: { data: [] },
    });
  });

  it('shows one', async () => {
    expect(await app.request(`${assignments}/s1/partitions/10`)).toMatchObject({
      status: 200,
      text: goldenAssignment('s1', 10),
    });
  });

  it.each([
    ['ge/consumers/consumer-ge-21-aa/assignments/s1/partitions/1', 'HTTP 404 Not Found'],
    ['ge/consumers/consumer-ge-21-aa/assignments/s1/partitions/x', 'HTTP 404 Not Found'],
    ['ge/consumers/consumer-ge-21-aa/assignments/s3/partitions/0', 'HTTP 404 Not Found'],
    ['ge/consumers/nope/assignments', 'Consumer nope does not exist.'],
    ['ge/consumers/nope/assignments/s1/partitions/0', 'Consumer nope does not exist.'],
    ['nope/consumers/x/assignments', 'Consumer Group nope does not exist.'],
  ])('%s: %s', async (path, message) => {
    expect(await app.request(`${groups}/${path}`)).toMatchObject(notFound(message));
  });
});

it.each([
  '',
  '/gd',
  '/gd/consumers',
  '/gd/consumers/x',
  '/gd/consumers/x/assignments',
  '/gd/consumers/x/assignments/s1/partitions/0',
  '/gd/lags',
  '/gd/lags/s1/partitions/0',
  '/gd/lag-summary',
])('another cluster is not known: /consumer-groups%s', async (path) => {
  expect(await app.request(`/v3/clusters/nope/consumer-groups${path}`)).toMatchObject(
    notFound('Cluster nope could not be found.'),
  );
});
