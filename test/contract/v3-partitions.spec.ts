import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

let app: ContractApp;
/** The URL of the cluster. */
let url: string;
const cluster = '/v3/clusters/fake-cluster';
const crn = 'crn:///kafka=fake-cluster';

beforeAll(async () => {
  app = await ContractApp.start();
  url = app.url + cluster;
  app.kafka.cluster.createTopic('t1', 2);
  for (let i = 0; i < 13; i++) app.kafka.cluster.write('t1', 'x');
});
afterAll(() => app.close());

function error(status: number, code: number, message: string): object {
  return { status, text: JSON.stringify({ error_code: code, message }) };
}

const notFound = error(404, 404, 'HTTP 404 Not Found');
const unknownTopic = error(404, 40403, 'This server does not host this topic-partition.');
const unknownPartition = error(404, 40403, 'This server does not host topic-partition 0 for topic nope');
const otherCluster = error(404, 404, 'Cluster nope cannot be found.');

function goldenPartition(partition: number): string {
  const self = `${url}/topics/t1/partitions/${partition}`;
  return (
    `{"kind":"KafkaPartition","metadata":{"self":"${self}","resource_name":"${crn}/topic=t1/partition=${partition}"},` +
    `"cluster_id":"fake-cluster","topic_name":"t1","partition_id":${partition},` +
    `"leader":{"related":"${self}/replicas/1"},"replicas":{"related":"${self}/replicas"},` +
    `"reassignment":{"related":"${self}/reassignment"}}`
  );
}

function goldenReplica(topic: string, partition: number): string {
  return (
    `{"kind":"KafkaReplica","metadata":{"self":"${url}/topics/${topic}/partitions/${partition}/replicas/1",` +
    `"resource_name":"${crn}/topic=${topic}/partition=${partition}/replica=1"},"cluster_id":"fake-cluster",` +
    `"topic_name":"${topic}","partition_id":${partition},"broker_id":1,"is_leader":true,"is_in_sync":true,` +
    `"broker":{"related":"${url}/brokers/1"}}`
  );
}

function goldenList(kind: string, self: string, ...items: readonly string[]): string {
  return `{"kind":"${kind}","metadata":{"self":"${url}${self}","next":null},"data":[${items.join(',')}]}`;
}

describe('partitions of API v3', () => {
  it('are listed in order, byte for byte as the original', async () => {
    expect(await app.request(`${cluster}/topics/t1/partitions`)).toMatchObject({
      status: 200,
      text: goldenList('KafkaPartitionList', '/topics/t1/partitions', goldenPartition(0), goldenPartition(1)),
    });
  });

  it('are answered one by one', async () => {
    expect(await app.request(`${cluster}/topics/t1/partitions/0`)).toMatchObject({
      status: 200,
      text: goldenPartition(0),
    });
  });

  it('tell their offsets', async () => {
    const path = '/topics/t1/partitions/0/offset';
    const golden =
      `{"kind":"KafkaPartitionWithOffsets","metadata":{"self":"${url}${path}",` +
      `"resource_name":"${crn}/topic=t1/partition=0/offset_type=earliest_and_latest"},"cluster_id":"fake-cluster",` +
      `"topic_name":"t1","partition_id":0,"earliest_offset":0,"latest_offset":13}`;

    expect(await app.request(cluster + path)).toMatchObject({ status: 200, text: golden });
    expect(await app.request(`${cluster}${path}?offset_type=earliest_and_latest`)).toMatchObject({
      text: golden,
    });
    expect(await app.request(`${cluster}${path}?offset_type=latest`)).toMatchObject(
      error(400, 400, 'offset_type:latest is invalid'),
    );
  });

  it('have pages', async () => {
    const first = await app.request(`${cluster}/topics/t1/partitions?page_size=1`);
    const { metadata } = first.json as { metadata: { next: string } };

    expect(first.json).toMatchObject({ data: [{ partition_id: 0 }] });
    expect(await app.request(metadata.next.replace(app.url, ''))).toMatchObject({
      json: { metadata: { next: null }, data: [{ partition_id: 1 }] },
    });
  });

  it.each([
    ['/topics/nope/partitions', unknownTopic],
    ['/topics/nope/partitions/0', unknownPartition],
    ['/topics/nope/partitions/0/offset', unknownPartition],
    ['/topics/t1/partitions/77', notFound],
    ['/topics/t1/partitions/-1', notFound],
    ['/topics/t1/partitions/x', notFound],
    ['/topics/t1/partitions/77/offset', error(404, 40402, 'Partition not found.')],
  ])('are not found: %s', async (path, expected) => {
    expect(await app.request(cluster + path)).toMatchObject(expected);
  });

  it.each(['/topics/t1/partitions', '/topics/t1/partitions/0', '/topics/t1/partitions/0/offset'])(
    'of another cluster are not found: %s',
    async (path) => {
      expect(await app.request(`/v3/clusters/nope${path}`)).toMatchObject(otherCluster);
    },
  );
});

describe('replicas of API v3', () => {
  it('are listed for a partition, byte for byte as the original', async () => {
    const path = '/topics/t1/partitions/0/replicas';

    expect(await app.request(cluster + path)).toMatchObject({
      status: 200,
      text: goldenList('KafkaReplicaList', path, goldenReplica('t1', 0)),
    });
    expect(await app.request(`${cluster}${path}/1`)).toMatchObject({
      status: 200,
      text: goldenReplica('t1', 0),
    });
  });

  it('are listed for a broker, with those of internal topics', async () => {
    app.kafka.cluster.createTopic('__internal', 1, { internal: true });
    app.kafka.cluster.createTopic('t1-x');
    const path = '/brokers/1/partition-replicas';

    const answer = await app.request(cluster + path);
    const paged = await app.request(`${cluster}${path}?page_size=3`);

    const all = [
      goldenReplica('__internal', 0),
      goldenReplica('t1', 0),
      goldenReplica('t1', 1),
      goldenReplica('t1-x', 0),
    ];
    expect(answer).toMatchObject({ status: 200, text: goldenList('KafkaReplicaList', path, ...all) });
    const { metadata } = paged.json as { metadata: { next: string } };
    expect(await app.request(metadata.next.replace(app.url, ''))).toMatchObject({
      text: goldenList('KafkaReplicaList', path, goldenReplica('t1-x', 0)),
    });
  });

  it.each([
    ['/topics/nope/partitions/0/replicas', unknownPartition],
    ['/topics/nope/partitions/0/replicas/1', unknownPartition],
    [
      '/topics/t1/partitions/77/replicas',
      error(404, 404, 'Partition 77 of topic t1 could not be found on cluster fake-cluster.'),
    ],
    ['/topics/t1/partitions/0/replicas/9', notFound],
    ['/topics/t1/partitions/0/replicas/x', notFound],
    ['/brokers/9/partition-replicas', error(404, 404, 'Broker 9 cannot be found.')],
    ['/brokers/x/partition-replicas', notFound],
  ])('are not found: %s', async (path, expected) => {
    expect(await app.request(cluster + path)).toMatchObject(expected);
  });

  it.each([
    '/topics/t1/partitions/0/replicas',
    '/topics/t1/partitions/0/replicas/1',
    '/brokers/1/partition-replicas',
  ])('of another cluster are not found: %s', async (path) => {
    expect(await app.request(`/v3/clusters/nope${path}`)).toMatchObject(otherCluster);
  });
});

describe('reassignments of API v3', () => {
  beforeEach(() => {
    app.kafka.cluster.createTopic('moving', 2);
    app.kafka.admin.reassignments.splice(
      0,
      2,
      { topic: 't1', partition: 0, addingReplicas: [2, 3], removingReplicas: [1] },
      { topic: 'moving', partition: 1, addingReplicas: [], removingReplicas: [1] },
    );
  });

  function golden(topic: string, partition: number, noun: string, adding: string): string {
    const path = `${url}/topics/${topic}/partitions/${partition}`;
    return (
      `{"kind":"KafkaReassignment","metadata":{"self":"${path}/${noun}",` +
      `"resource_name":"${crn}/topic=${topic}/partition=${partition}/${noun}"},"cluster_id":"fake-cluster",` +
      `"topic_name":"${topic}","partition_id":${partition},"adding_replicas":[${adding}],"removing_replicas":[1],` +
      `"replicas":{"related":"${path}/replicas"}}`
    );
  }

  it.each(['reassignment', 'reassignments'])('are listed by topic and partition under %s', async (noun) => {
    expect(await app.request(`${cluster}/topics/-/partitions/-/${noun}`)).toMatchObject({
      status: 200,
      text: goldenList(
        'KafkaReassignmentList',
        '/topics/-/partitions/-/reassignments',
        golden('moving', 1, 'reassignments', ''),
        golden('t1', 0, 'reassignments', '2,3'),
      ),
    });
    expect(await app.request(`${cluster}/topics/t1/partitions/-/${noun}`)).toMatchObject({
      status: 200,
      text: goldenList(
        'KafkaReassignmentList',
        '/topics/t1/partitions/-/reassignments',
        golden('t1', 0, 'reassignments', '2,3'),
      ),
    });
    expect(await app.request(`${cluster}/topics/t1/partitions/0/${noun}`)).toMatchObject({
      status: 200,
      text: golden('t1', 0, 'reassignment', '2,3'),
    });
  });

  it('are none for a topic that does not exist, and not found for a partition that does not move', async () => {
    expect(await app.request(`${cluster}/topics/nope/partitions/-/reassignment`)).toMatchObject({
      status: 200,
      json: { data: [] },
    });
    for (const path of ['t1/partitions/1', 't1/partitions/77', 'nope/partitions/0', 't1/partitions/x'])
      expect(await app.request(`${cluster}/topics/${path}/reassignment`)).toMatchObject(notFound);
  });

  it.each(['-/partitions/-', 't1/partitions/-', 't1/partitions/0'])(
    'of another cluster are not found: %s',
    async (path) => {
      expect(await app.request(`/v3/clusters/nope/topics/${path}/reassignment`)).toMatchObject(otherCluster);
    },
  );
});
