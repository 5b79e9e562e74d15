import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp, type Answer } from '../support/contract-app.ts';

let app: ContractApp;
const path = '/topics/-/partitions/-/reassignment:alter';
const moving = { topic: 't', partition: 1, addingReplicas: [2], removingReplicas: [1] };

beforeAll(async () => {
  app = await ContractApp.start();
});
afterAll(() => app.close());

beforeEach(() => {
  app.kafka.cluster.failure = undefined;
  app.kafka.cluster.deleteTopic('t');
  app.kafka.cluster.createTopic('t', 2);
  app.kafka.admin.reassignments.splice(0, Infinity, moving);
});

function alter(body: unknown, cluster = 'fake-cluster'): Promise<Answer> {
  return app.request(`/v3/clusters/${cluster}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });
}

const place = (partition: number): object => ({ topic_name: 't', partition_id: partition });

describe('POST …/topics/-/partitions/-/reassignment:alter', () => {
  it('moves partitions', async () => {
    app.kafka.admin.reassignments.length = 0;
    app.kafka.cluster.deleteTopic('t');
    app.kafka.cluster.createTopic('t', 2, { replicas: [7, 1] });

    const answer = await alter({ data: [{ ...place(0), replicas: [1] }] });

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(app.kafka.admin.reassignments).toEqual([
      { topic: 't', partition: 0, addingReplicas: [], removingReplicas: [7] },
    ]);
  });

  it('ends a move', async () => {
    expect(await alter({ data: [{ ...place(1), replicas: null }] })).toMatchObject({ status: 204 });
    expect(app.kafka.admin.reassignments).toEqual([]);
  });

  it('lets a broker that is down keep what it has', async () => {
    app.kafka.cluster.deleteTopic('t');
    app.kafka.cluster.createTopic('t', 2, { replicas: [7, 1] });

    expect(await alter({ data: [{ ...place(0), replicas: [1, 7] }] })).toMatchObject({ status: 204 });
  });

  it('takes nothing for nothing', async () => {
    expect(await alter({ data: [] })).toMatchObject({ status: 204 });
  });

  it.each([false, true])('names those that Kafka refuses, and changes the others: %s', async (checkOnly) => {
    const data = [
      { ...place(0), replicas: null },
      { ...place(1), replicas: null },
    ];

    expect(await alter({ data, validate_only: checkOnly })).toMatchObject({
      status: 207,
      text:
        '{"failures":[{"topic_name":"t","partition_id":0,"error_code":40002,' +
        '"message":"No partition reassignment is in progress."}]}',
    });
    expect(app.kafka.admin.reassignments).toEqual(checkOnly ? [moving] : []);
  });

  it('changes nothing when it is only to be checked', async () => {
    const data = [
      { ...place(0), replicas: [1] },
      { ...place(1), replicas: null },
    ];

    expect(await alter({ data, validate_only: true })).toMatchObject({ status: 204 });
    expect(app.kafka.admin.reassignments).toEqual([moving]);
  });

  it('fails as a whole when we may not', async () => {
    app.kafka.cluster.failure = KafkaError.of('CLUSTER_AUTHORIZATION_FAILED');

    expect(await alter({ data: [{ ...place(1), replicas: null }] })).toMatchObject({
      status: 403,
      json: { error_code: 40301 },
    });
  });

  const good = { ...place(1), replicas: null };
  it.each([
    [
      'an unknown topic',
      [good, { topic_name: 'nope', partition_id: 0, replicas: null }],
      404,
      40403,
      'data[1]',
    ],
    ['an unknown partition', [good, { ...place(2), replicas: [1] }], 404, 40403, 'partition 2 for topic t'],
    ['a negative partition', [{ ...place(-1), replicas: [1] }], 404, 40403, 'data[0]'],
    ['a name that is none', [{ topic_name: '/', partition_id: 0, replicas: [1] }], 400, 40002, ''],
    ['a partition twice', [good, good], 400, 400, 'partition 1 of t is named twice (data[1])'],
    ['an unknown broker', [good, { ...place(0), replicas: [1, 9] }], 422, 422, 'data[1].replicas[1]'],
    ['a negative broker', [{ ...place(0), replicas: [-1] }], 422, 422, 'data[0].replicas[0]'],
    ['a broker twice', [good, { ...place(0), replicas: [1, 1] }], 422, 422, 'data[1].replicas'],
    ['no brokers', [good, { ...place(0), replicas: [] }], 422, 422, 'data[1].replicas must not be empty'],
    ['nothing of brokers', [good, place(0)], 422, 422, 'data[1].replicas must be a list'],
    ['null for a broker', [{ ...place(0), replicas: [null] }], 422, 422, 'data[0].replicas[0]'],
    ['a text for brokers', [{ ...place(0), replicas: 'x' }], 400, 400, 'data[0].replicas'],
    ['a broker that is too large', [{ ...place(0), replicas: [2 ** 31] }], 400, 400, 'data[0].replicas[0]'],
    ['a partition that is too large', [{ ...place(1e12), replicas: [1] }], 400, 400, 'data[0].partition_id'],
    ['no partition', [{ topic_name: 't', replicas: [1] }], 400, 400, 'data[0]'],
    ['no topic', [{ partition_id: 0, replicas: [1] }], 400, 400, 'data[0]'],
    ['an unknown field', [{ ...good, replica: 1 }], 422, 422, 'replica'],
    ['too many', Array.from({ length: 10_001 }, () => good), 422, 422, 'data must not have more than 10000'],
    ['no data', undefined, 422, 422, 'data must not be null'],
  ])('refuses %s and changes nothing', async (_, data, status, code, message) => {
    for (const checkOnly of [false, true]) {
      const answer = await alter({ data, validate_only: checkOnly });

      expect(answer).toMatchObject({
        status,
        json: { error_code: code, message: expect.stringContaining(message) },
      });
      expect(app.kafka.admin.reassignments).toEqual([moving]);
    }
  });

  it('refuses a body that is none', async () => {
    expect(await alter('')).toMatchObject({
      status: 422,
      json: { error_code: 42206, message: 'Payload error. Request body is empty. Data is required.' },
    });
  });

  it('changes nothing in another cluster', async () => {
    expect(await alter({ data: [good] }, 'nope')).toMatchObject({
      status: 404,
      json: { message: 'Cluster nope cannot be found.' },
    });
    expect(app.kafka.admin.reassignments).toEqual([moving]);
  });
});
