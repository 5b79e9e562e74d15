import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';

/** The recorded body, `$B` and `$C` in it. */
function golden(base: string, authority = ''): string {
  const cluster = `${base}/v3/clusters/fake-cluster`;
  return (
    `{"kind":"KafkaCluster","metadata":{"self":"${cluster}","resource_name":"crn://${authority}/kafka=fake-cluster"},` +
    `"cluster_id":"fake-cluster","controller":{"related":"${cluster}/brokers/1"},"acls":{"related":"${cluster}/acls"},` +
    `"brokers":{"related":"${cluster}/brokers"},"broker_configs":{"related":"${cluster}/broker-configs"},` +
    `"consumer_groups":{"related":"${cluster}/consumer-groups"},"topics":{"related":"${cluster}/topics"},` +
    `"partition_reassignments":{"related":"${cluster}/topics/-/partitions/-/reassignment"}}`
  );
}

function goldenList(base: string): string {
  return (
    `{"kind":"KafkaClusterList","metadata":{"self":"${base}/v3/clusters","next":null},` +
    `"data":[${golden(base)}]}`
  );
}

describe('clusters of API v3', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start();
  });
  afterAll(() => app.close());

  it('GET /v3/clusters lists the one cluster, byte for byte as the original', async () => {
    const answer = await app.request('/v3/clusters');

    expect(answer).toMatchObject({ status: 200, text: goldenList(app.url) });
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it.each(['/v3/clusters/fake-cluster', '/v3/clusters/fake-cluster/'])('GET %s answers it', async (path) => {
    expect(await app.request(path)).toMatchObject({ status: 200, text: golden(app.url) });
  });

  it.each(['nope', 'FAKE-CLUSTER', 'fake%2Dcluster%20'])('answers 404 for the id %s', async (id) => {
    const answer = await app.request(`/v3/clusters/${id}`);

    expect(answer).toMatchObject({
      status: 404,
      text: '{"error_code":404,"message":"HTTP 404 Not Found"}',
    });
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('answers 406 for the media type of API v2', async () => {
    const headers = { Accept: 'application/vnd.kafka.v2+json' };

    expect(await app.request('/v3/clusters', { headers })).toMatchObject({ status: 406 });
  });
});

describe('links of API v3', () => {
  it('are those that the operator advertises, and resource names have the authority', async () => {
    const app = await ContractApp.start({
      'advertised.listeners': 'http://rest.example.com:1234',
      'confluent.resource.name.authority': 'mds.example.com',
    });

    const answer = await app.request('/v3/clusters/fake-cluster');
    await app.close();

    expect(answer.text).toBe(golden('http://rest.example.com:1234', 'mds.example.com'));
  });

  it('survive a trusted proxy with a path prefix', async () => {
    const app = await ContractApp.start({ 'trusted.proxies': '127.0.0.1' });
    const headers = {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'api.example.com',
      'X-Forwarded-Prefix': '/kafka',
    };

    const answer = await app.request('/v3/clusters', { headers });
    await app.close();

    expect(answer.text).toBe(goldenList('https://api.example.com/kafka'));
  });
});

describe('api.v3.enable', () => {
  it('takes the whole of API v3 away', async () => {
    const app = await ContractApp.start({ 'api.v3.enable': 'false' });

    const answer = await app.request('/v3/clusters');
    await app.close();

    expect(answer).toMatchObject({ status: 404 });
  });
});
