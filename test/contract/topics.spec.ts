import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { ContractApp } from '../support/contract-app.ts';

const v2 = 'application/vnd.kafka.v2+json';

let app: ContractApp;

beforeAll(async () => {
  app = await ContractApp.start();
  const { cluster } = app.kafka;
  cluster.createTopic('t2', 2, {
    configs: { 'retention.ms': '1', 'cleanup.policy': 'delete', secret: null },
  });
  cluster.createTopic('t10');
  cluster.createTopic('T1');
  cluster.createTopic('__consumer_offsets', 1, { internal: true });
});

afterAll(() => app.close());

describe('GET /topics', () => {
  it('answers the names of all topics but internal ones, sorted', async () => {
    const answer = await app.request('/topics');

    expect(answer).toMatchObject({ status: 200, text: '["T1","t10","t2"]' });
    expect(answer.headers.get('content-type')).toBe(v2);
  });

  it('tolerates a slash at the end', async () => {
    expect(await app.request('/topics/')).toMatchObject({ status: 200, json: ['T1', 't10', 't2'] });
  });

  it('has no body for HEAD', async () => {
    expect(await app.request('/topics', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  it("answers Kafka's failure", async () => {
    app.kafka.cluster.failure = KafkaError.of('CLUSTER_AUTHORIZATION_FAILED');
    const answer = await app.request('/topics');
    app.kafka.cluster.failure = undefined;

    expect(answer).toMatchObject({ status: 403, json: { error_code: 40301 } });
  });
});

describe('GET /topics/{topic}', () => {
  it('answers name, all configuration and partitions, in this order', async () => {
    const answer = await app.request('/topics/t2');

    expect(answer).toMatchObject({
      status: 200,
      text:
        '{"name":"t2","configs":{"cleanup.policy":"delete","retention.ms":"1","secret":null},"partitions":[' +
        '{"partition":0,"leader":1,"replicas":[{"broker":1,"leader":true,"in_sync":true}]},' +
        '{"partition":1,"leader":1,"replicas":[{"broker":1,"leader":true,"in_sync":true}]}]}',
    });
    expect(answer.headers.get('content-type')).toBe(v2);
  });

  it('answers internal topics when asked by name', async () => {
    expect(await app.request('/topics/__consumer_offsets')).toMatchObject({
      status: 200,
      json: { name: '__consumer_offsets' },
    });
  });

  it('answers 404 for a topic that does not exist', async () => {
    expect(await app.request('/topics/nope')).toMatchObject({
      status: 404,
      text: '{"error_code":40403,"message":"This server does not host this topic-partition."}',
    });
  });

  it.each(['bad%20name', 'a%2Fb', '%C3%A4', '..%2F', 'x'.repeat(250)])(
    'answers 400 for %s, which no topic can be named',
    async (name) => {
      expect(await app.request(`/topics/${name}`)).toMatchObject({
        status: 400,
        text: '{"error_code":40002,"message":"The request attempted to perform an operation on an invalid topic."}',
      });
    },
  );

  it('does not ask Kafka for such a name', async () => {
    app.kafka.cluster.failure = KafkaError.of('NETWORK_EXCEPTION');
    const answer = await app.request('/topics/bad%20name');
    app.kafka.cluster.failure = undefined;

    expect(answer).toMatchObject({ status: 400, json: { error_code: 40002 } });
  });

  it('answers 406 when the client wants something else', async () => {
    const headers = { Accept: 'text/html' };

    expect(await app.request('/topics/t2', { headers })).toMatchObject({ status: 406 });
  });
});
