import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GroupMember } from '#libs/kafka/kafka-groups.ts';
import { ContractApp, type Answer } from '../support/contract-app.ts';

let app: ContractApp;
const groups = '/v3/clusters/fake-cluster/consumer-groups';
const member: GroupMember = { memberId: 'm', instanceId: null, clientId: 'c', partitions: [] };

beforeAll(async () => {
  app = await ContractApp.start();
});
afterAll(() => app.close());

beforeEach(() => {
  app.kafka.cluster.deleteTopic('t');
  app.kafka.cluster.createTopic('t', 2);
  for (let i = 0; i < 10; i++) app.kafka.cluster.write('t', 'x');
  app.kafka.cluster.deleteRecordsBefore({ topic: 't', partition: 0 }, 2n);
  app.kafka.groups.clear();
  app.kafka.groups.put('g', {}, [{ topic: 't', partition: 0, offset: 5n }]);
  app.kafka.groups.put('busy', { state: 'STABLE', members: [member] });
});

function alter(body: unknown, path = `${groups}/g/offsets:alter`): Promise<Answer> {
  return app.request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

async function committed(): Promise<readonly (readonly [number, bigint])[]> {
  const found = await app.kafka.groups.describeWithOffsets('g');
  return (found?.committed ?? []).map(({ partition, offset }) => [partition, offset]);
}

describe('DELETE …/consumer-groups/{group}', () => {
  it('deletes a group without members', async () => {
    expect(await app.request(`${groups}/g`, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect(await app.request(`${groups}/g`)).toMatchObject({ status: 404 });
  });

  it.each([
    ['busy', 409, 409, 'The group is not empty.'],
    ['nope', 404, 404, 'HTTP 404 Not Found'],
  ])('refuses for %s', async (group, status, code, message) => {
    expect(await app.request(`${groups}/${group}`, { method: 'DELETE' })).toMatchObject({
      status,
      json: { error_code: code, message },
    });
  });

  it('changes nothing for another cluster', async () => {
    const answer = await app.request('/v3/clusters/nope/consumer-groups/g', { method: 'DELETE' });

    expect(answer).toMatchObject({ status: 404, json: { message: 'Cluster nope could not be found.' } });
    expect(await app.request(`${groups}/g`)).toMatchObject({ status: 200 });
  });
});

describe('POST …/consumer-groups/{group}/offsets:alter', () => {
  it.each([
    ['an offset', { offset: 7 }, 7n],
    ['an offset before the beginning', { offset: -1 }, 2n],
    ['an offset after the end', { offset: 9_007_199_254_740_991 }, 10n],
    ['the beginning', { position: 'EARLIEST' }, 2n],
    ['the end', { position: 'LATEST' }, 10n],
    ['a time', { timestamp_ms: 0 }, 2n],
    ['a time after all records', { timestamp_ms: 99_999_999_999_999 }, 10n],
    ['so many records back', { shift_by: -2 }, 3n],
    ['so many records on', { shift_by: 100 }, 10n],
  ])('sets %s', async (_, target, offset) => {
    const { status, json } = await alter({ data: [{ topic_name: 't', partition_id: 0, ...target }] });

    expect({ status, json }).toMatchObject({
      status: 200,
      json: { data: [{ partition_id: 0, previous_offset: 5, current_offset: Number(offset) }] },
    });
    expect(await committed()).toEqual([[0, offset]]);
  });

  it('answers with what it has set, in the style of the others', async () => {
    const url = `${app.url}${groups}/g/lags`;

    expect(await alter({ data: [{ topic_name: 't', position: 'EARLIEST' }] })).toMatchObject({
      status: 200,
      text:
        `{"kind":"KafkaConsumerGroupOffsetList","metadata":{"self":"${url}","next":null},"data":[` +
        `{"kind":"KafkaConsumerGroupOffset","metadata":{"self":"${url}/t/partitions/0",` +
        `"resource_name":"crn:///kafka=fake-cluster/consumer-group=g/lag=t/partition=0"},"cluster_id":"fake-cluster",` +
        `"consumer_group_id":"g","topic_name":"t","partition_id":0,"previous_offset":5,"current_offset":2},` +
        `{"kind":"KafkaConsumerGroupOffset","metadata":{"self":"${url}/t/partitions/1",` +
        `"resource_name":"crn:///kafka=fake-cluster/consumer-group=g/lag=t/partition=1"},"cluster_id":"fake-cluster",` +
        `"consumer_group_id":"g","topic_name":"t","partition_id":1,"previous_offset":null,"current_offset":0}]}`,
    });
  });

  it('changes nothing when it is only to be checked', async () => {
    const body = { data: [{ topic_name: 't', partition_id: 0, offset: 7 }], validate_only: true };

    expect(await alter(body)).toMatchObject({ status: 200, json: { data: [{ current_offset: 7 }] } });
    expect(await committed()).toEqual([[0, 5n]]);
  });

  const there = { topic_name: 't', partition_id: 0 };
  it.each([
    ['no place', { data: [there] }, 422],
    ['two places', { data: [{ ...there, offset: 1, shift_by: 1 }] }, 422],
    ['an unknown position', { data: [{ ...there, position: 'MIDDLE' }] }, 422],
    ['a shift from nowhere', { data: [{ topic_name: 't', partition_id: 1, shift_by: 1 }] }, 422],
    [
      'a partition twice',
      {
        data: [
          { ...there, offset: 1 },
          { topic_name: 't', position: 'LATEST' },
        ],
      },
      400,
    ],
    ['a text for an offset', { data: [{ ...there, offset: 'x' }] }, 400],
    ['an offset that is too large', { data: [{ ...there, offset: 1e30 }] }, 400],
    ['an unknown topic', { data: [{ topic_name: 'nope', offset: 1 }] }, 404],
    ['an unknown partition', { data: [{ ...there, partition_id: 2, offset: 1 }] }, 404],
    ['a name that is none', { data: [{ topic_name: '/', offset: 1 }] }, 400],
    ['an unknown field', { data: [], more: 1 }, 422],
    ['no data', {}, 422],
    ['no body', null, 422],
  ])('refuses %s', async (_, body, status) => {
    const answer = await alter(body);

    expect(answer.status, answer.text).toBe(status);
    expect(await committed()).toEqual([[0, 5n]]);
  });

  it.each([
    [`${groups}/nope/offsets:alter`, 404, 'Consumer Group nope could not be found.'],
    [`${groups}/busy/offsets:alter`, 409, 'The group is not empty.'],
    ['/v3/clusters/nope/consumer-groups/g/offsets:alter', 404, 'Cluster nope could not be found.'],
  ])('%s: %i %s', async (path, status, message) => {
    expect(await alter({ data: [{ ...there, offset: 1 }] }, path)).toMatchObject({
      status,
      json: { error_code: status, message },
    });
    expect(await committed()).toEqual([[0, 5n]]);
  });
});
