import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GroupMember } from '#libs/kafka/kafka-groups.ts';
import { ContractApp } from '../support/contract-app.ts';

let app: ContractApp;
const cluster = '/v3/clusters/fake-cluster';
const groups = `${cluster}/consumer-groups`;

beforeAll(async () => {
  app = await ContractApp.start();
});
afterAll(() => app.close());

const reader: GroupMember = {
  memberId: 'm/1',
  instanceId: 'i1',
  clientId: 'c1',
  partitions: [{ topic: 's1', partition: 2 }],
};

beforeEach(() => {
  for (const name of app.kafka.cluster.topicNames()) app.kafka.cluster.deleteTopic(name);
  app.kafka.cluster.createTopic('s1', 12);
  app.kafka.cluster.createTopic('s2', 1);
  write('s1', 0, 110);
  write('s1', 2, 3);
  app.kafka.groups.clear();
  app.kafka.groups.put('gd', {}, [{ topic: 's1', partition: 0, offset: 10n }]);
});

function write(topic: string, partition: number, count: number): void {
  for (let i = 0; i < count; i++) app.kafka.cluster.write(topic, 'x', partition);
}

interface Reader {
  readonly id: string;
  readonly instanceId: string;
  readonly clientId: string;
}

const nobody: Reader = { id: '', instanceId: 'null', clientId: '' };

function golden(
  group: string,
  topic: string,
  partition: number,
  [current, end, lag]: readonly [string, string, string],
  { id, instanceId, clientId }: Reader = nobody,
): string {
  return (
    `{"kind":"KafkaConsumerLag","metadata":{"self":"${app.url}${groups}/${group}/lags/${topic}/partitions/${partition}",` +
    `"resource_name":"crn:///kafka=fake-cluster/consumer-group=${group}/lag=${topic}/partition=${partition}"},` +
    `"cluster_id":"fake-cluster","consumer_group_id":"${group}","topic_name":"${topic}","partition_id":${partition},` +
    `"consumer_id":"${id}","instance_id":${instanceId},"client_id":"${clientId}","current_offset":${current},` +
    `"log_end_offset":${end},"lag":${lag}}`
  );
}

function notFound(message: string): object {
  return { status: 404, text: JSON.stringify({ error_code: 404, message }) };
}

const many = [
  { topic: 's2', partition: 0, offset: 0n },
  { topic: 's1', partition: 10, offset: 0n },
  { topic: 's1', partition: 2, offset: 1n },
  { topic: 's1', partition: 0, offset: 10n },
  { topic: 's1', partition: 1, offset: 7n },
];

describe('GET …/consumer-groups/{group}/lags', () => {
  it('is byte for byte that of the original', async () => {
    expect(await app.request(`${groups}/gd/lags`)).toMatchObject({
      status: 200,
      text:
        `{"kind":"KafkaConsumerLagList","metadata":{"self":"${app.url}${groups}/gd/lags","next":null},` +
        `"data":[${golden('gd', 's1', 0, ['10', '110', '100'])}]}`,
    });
  });

  it('has the largest lag first, then topics and partitions in order; nobody is ahead', async () => {
    app.kafka.groups.put('ge', { simple: false, state: 'STABLE', members: [reader] }, many);

    const { text } = await app.request(`${groups}/ge/lags`);

    const first = golden('ge', 's1', 2, ['1', '3', '2'], {
      id: 'm/1',
      instanceId: '"i1"',
      clientId: 'c1',
    });
    expect(text).toContain(
      `"data":[${[
        golden('ge', 's1', 0, ['10', '110', '100']),
        first,
        golden('ge', 's1', 1, ['7', '0', '0']),
        golden('ge', 's1', 10, ['0', '0', '0']),
        golden('ge', 's2', 0, ['0', '0', '0']),
      ].join(',')}]`,
    );
  });

  it('has pages in the same order', async () => {
    app.kafka.groups.put('ge', {}, many);
    const whole = (await app.request(`${groups}/ge/lags`)).json as { data: unknown[] };
    const data: unknown[] = [];

    for (let next: string | null = `${groups}/ge/lags?page_size=2`; next !== null;) {
      const page = (await app.request(next)).json as { data: unknown[]; metadata: { next: string | null } };
      data.push(...page.data);
      next = page.metadata.next?.replace(app.url, '') ?? null;
    }

    expect(data).toEqual(whole.data);
  });

  it('writes all digits of an offset', async () => {
    app.kafka.groups.put('far', {}, [{ topic: 's1', partition: 0, offset: 9223372036854775807n }]);

    expect(await app.request(`${groups}/far/lags`)).toMatchObject({
      text: expect.stringContaining(golden('far', 's1', 0, ['9223372036854775807', '110', '0'])),
    });
  });

  it('leaves out what is not there any more, also when it vanishes meanwhile', async () => {
    app.kafka.groups.put('old', {}, [
      { topic: 'gone', partition: 0, offset: 1n },
      { topic: 's1', partition: 12, offset: 1n },
      { topic: 's2', partition: 0, offset: 0n },
      { topic: 's1', partition: 0, offset: 10n },
    ]);
    app.kafka.groups.beforeEnds = () => app.kafka.cluster.deleteTopic('s2');

    expect(await app.request(`${groups}/old/lags`)).toMatchObject({
      status: 200,
      text: expect.stringContaining(`"data":[${golden('old', 's1', 0, ['10', '110', '100'])}]`),
    });
  });

  it.each([
    ['nope/lags', 'Consumer Group nope could not be found.'],
    ['none/lags', 'Consumer lags not found.'],
    ['none/lags/s1/partitions/0', 'Consumer lags not found.'],
    ['nope/lags/s1/partitions/0', 'Consumer Group nope could not be found.'],
    ['gd/lags/s1/partitions/1', 'HTTP 404 Not Found'],
    ['gd/lags/s2/partitions/0', 'HTTP 404 Not Found'],
    ['gd/lags/s1/partitions/zero', 'HTTP 404 Not Found'],
    ['nope/lag-summary', 'Consumer Group nope could not be found.'],
    ['none/lag-summary', 'Consumer group offsets could not be found.'],
  ])('%s: %s', async (path, message) => {
    app.kafka.groups.put('none');

    expect(await app.request(`${groups}/${path}`)).toMatchObject(notFound(message));
  });
});

it('GET …/lags/{topic}/partitions/{partition} shows one', async () => {
  expect(await app.request(`${groups}/gd/lags/s1/partitions/0`)).toMatchObject({
    status: 200,
    text: golden('gd', 's1', 0, ['10', '110', '100']),
  });
});

describe('GET …/consumer-groups/{group}/lag-summary', () => {
  it('is byte for byte that of the original', async () => {
    const url = `${app.url}${groups}/gd`;

    expect(await app.request(`${groups}/gd/lag-summary`)).toMatchObject({
      status: 200,
      text:
        `{"kind":"KafkaConsumerGroupLagSummary","metadata":{"self":"${url}/lag-summary",` +
        `"resource_name":"crn:///kafka=fake-cluster/consumer-group=gd/lag-summary"},"cluster_id":"fake-cluster",` +
        `"consumer_group_id":"gd","max_lag":100,"total_lag":100,"max_lag_consumer_id":"",` +
        `"max_lag_consumer":{"related":"${url}/consumers"},"max_lag_client_id":"","max_lag_instance_id":null,` +
        `"max_lag_topic_name":"s1","max_lag_partition_id":0,` +
        `"max_lag_partition":{"related":"${app.url}${cluster}/topics/s1/partitions/0"}}`,
    });
  });

  it('names the member that is most behind, and adds up', async () => {
    const member = { ...reader, partitions: [{ topic: 's1', partition: 0 }] };
    app.kafka.groups.put('ge', { simple: false, state: 'STABLE', members: [member] }, many);

    expect(await app.request(`${groups}/ge/lag-summary`)).toMatchObject({
      status: 200,
      json: {
        max_lag: 100,
        total_lag: 102,
        max_lag_consumer_id: 'm/1',
        max_lag_consumer: { related: `${app.url}${groups}/ge/consumers/m%2F1` },
        max_lag_client_id: 'c1',
        max_lag_instance_id: 'i1',
        max_lag_topic_name: 's1',
        max_lag_partition_id: 0,
      },
    });
  });
});
