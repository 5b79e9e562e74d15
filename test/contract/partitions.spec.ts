import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

const v2 = 'application/vnd.kafka.v2+json';
const noTopic = '{"error_code":40403,"message":"This server does not host this topic-partition."}';
const noPartition = '{"error_code":40402,"message":"Partition not found."}';
const notFound = '{"error_code":404,"message":"HTTP 404 Not Found"}';
const partition = (number: number): string =>
  `{"partition":${number},"leader":1,"replicas":[{"broker":1,"leader":true,"in_sync":true}]}`;

let app: ContractApp;

beforeAll(async () => {
  app = await ContractApp.start();
  const { cluster } = app.kafka;
  cluster.createTopic('t1', 3);
  for (const value of ['a', 'b', 'c']) cluster.write('t1', value, 1);
  cluster.deleteRecordsBefore({ topic: 't1', partition: 1 }, 2n);
  cluster.createTopic('huge');
  cluster.deleteRecordsBefore({ topic: 'huge', partition: 0 }, 9_223_372_036_854_775_807n);
});

afterAll(() => app.close());

describe('GET /topics/{topic}/partitions', () => {
  it('answers all partitions in order', async () => {
    const answer = await app.request('/topics/t1/partitions');

    expect(answer).toMatchObject({
      status: 200,
      text: `[${partition(0)},${partition(1)},${partition(2)}]`,
    });
    expect(answer.headers.get('content-type')).toBe(v2);
  });

  it('answers 404 for a topic that does not exist', async () => {
    expect(await app.request('/topics/nope/partitions')).toMatchObject({ status: 404, text: noTopic });
  });
});

describe('GET /topics/{topic}/partitions/{partition}', () => {
  it('answers one partition', async () => {
    const answer = await app.request('/topics/t1/partitions/2');

    expect(answer).toMatchObject({ status: 200, text: partition(2) });
    expect(answer.headers.get('content-type')).toBe(v2);
  });
});

describe('GET /topics/{topic}/partitions/{partition}/offsets', () => {
  it('answers the first offset that is left and the next one', async () => {
    const answer = await app.request('/topics/t1/partitions/1/offsets');

    expect(answer).toMatchObject({ status: 200, text: '{"beginning_offset":2,"end_offset":3}' });
    expect(answer.headers.get('content-type')).toBe(v2);
  });

  it('answers equal offsets for an empty partition', async () => {
    expect(await app.request('/topics/t1/partitions/0/offsets')).toMatchObject({
      text: '{"beginning_offset":0,"end_offset":0}',
    });
  });

  it('keeps every digit of an offset', async () => {
    expect(await app.request('/topics/huge/partitions/0/offsets')).toMatchObject({
      text: '{"beginning_offset":9223372036854775807,"end_offset":9223372036854775807}',
    });
  });
});

describe.each(['', '/offsets'])('GET /topics/{topic}/partitions/{partition}%s', (rest) => {
  it.each([
    ['a partition that the topic does not have', '/topics/t1/partitions/3', noPartition],
    ['a negative partition', '/topics/t1/partitions/-1', noPartition],
    ['the largest number', '/topics/t1/partitions/2147483647', noPartition],
    ['a number that is none of 32 bits', '/topics/t1/partitions/2147483648', notFound],
    ['text instead of a number', '/topics/t1/partitions/abc', notFound],
    ['a fraction', '/topics/t1/partitions/1.0', notFound],
    ['a topic that does not exist', '/topics/nope/partitions/0', noTopic],
    ['a negative partition of a topic that does not exist', '/topics/nope/partitions/-1', noTopic],
  ])('answers 404 for %s', async (_, path, body) => {
    const answer = await app.request(path + rest);

    expect(answer).toMatchObject({ status: 404, text: body });
    expect(answer.headers.get('content-type')).toBe(v2);
  });
});
