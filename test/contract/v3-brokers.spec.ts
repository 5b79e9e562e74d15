import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ContractApp, type Answer } from '../support/contract-app.ts';

let app: ContractApp;
/** The URL of the cluster. */
let url: string;
const cluster = '/v3/clusters/fake-cluster';
const crn = 'crn:///kafka=fake-cluster';

beforeEach(async () => {
  await app?.close();
  app = await ContractApp.start();
  url = app.url + cluster;
});
afterAll(() => app.close());

function error(status: number, code: number, message: string): object {
  return { status, text: JSON.stringify({ error_code: code, message }) };
}

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return app.request(cluster + path, { method, headers: { 'Content-Type': 'application/json' }, body });
}

function goldenList(kind: string, self: string, ...items: readonly string[]): string {
  return `{"kind":"${kind}","metadata":{"self":"${url}${self}","next":null},"data":[${items.join(',')}]}`;
}

const notFound = error(404, 404, 'HTTP 404 Not Found');
const noBroker = error(404, 404, 'Broker 9 cannot be found.');
const noBody = error(422, 42206, 'Payload error. Null input provided. Data is required.');
const otherCluster = error(404, 404, 'Cluster nope cannot be found.');

describe('brokers of API v3', () => {
  const golden = (): string =>
    `{"kind":"KafkaBroker","metadata":{"self":"${url}/brokers/1","resource_name":"${crn}/broker=1"},` +
    `"cluster_id":"fake-cluster","broker_id":1,"host":"fake","port":9092,"rack":null,` +
    `"configs":{"related":"${url}/brokers/1/configs"},` +
    `"partition_replicas":{"related":"${url}/brokers/1/partition-replicas"}}`;

  it('are listed and answered, byte for byte as the original', async () => {
    expect(await app.request(`${cluster}/brokers`)).toMatchObject({
      status: 200,
      text: goldenList('KafkaBrokerList', '/brokers', golden()),
    });
    expect(await app.request(`${cluster}/brokers/1`)).toMatchObject({ status: 200, text: golden() });
  });

  it.each(['9', 'x', '-1', '99999999999'])('are not found: %s', async (id) => {
    expect(await app.request(`${cluster}/brokers/${id}`)).toMatchObject(notFound);
  });

  it.each(['/brokers', '/brokers/1'])('of another cluster are not found: %s', async (path) => {
    expect(await app.request(`/v3/clusters/nope${path}`)).toMatchObject(otherCluster);
  });
});

describe('configurations of brokers', () => {
  const path = '/brokers/1/configs/compression.type';

  function golden(value: string, source = 'DEFAULT_CONFIG'): string {
    return (
      `{"kind":"KafkaBrokerConfig","metadata":{"self":"${url}${path}",` +
      `"resource_name":"${crn}/broker=1/config=compression.type"},"cluster_id":"fake-cluster",` +
      `"name":"compression.type","value":"${value}","is_read_only":false,"is_sensitive":false,"source":"${source}",` +
      `"synonyms":[{"name":"compression.type","value":"${value}","source":"${source}"}],"broker_id":1,` +
      `"is_default":${source === 'DEFAULT_CONFIG'}}`
    );
  }

  const unset = (): string =>
    `{"kind":"KafkaBrokerConfig","metadata":{"self":"${url}/brokers/1/configs/log.retention.ms",` +
    `"resource_name":"${crn}/broker=1/config=log.retention.ms"},"cluster_id":"fake-cluster",` +
    `"name":"log.retention.ms","value":null,"is_read_only":false,"is_sensitive":false,"source":"DEFAULT_CONFIG",` +
    `"synonyms":[],"broker_id":1,"is_default":true}`;

  it.each(['/brokers/1/configs', '/brokers/-/configs'])(
    'are listed under %s, byte for byte as the original',
    async (list) => {
      expect(await app.request(cluster + list)).toMatchObject({
        status: 200,
        text: goldenList('KafkaBrokerConfigList', list, golden('producer'), unset()),
      });
    },
  );

  it('are set, reset and altered', async () => {
    expect(await app.request(cluster + path)).toMatchObject({ status: 200, text: golden('producer') });

    expect(await send('PUT', path, { value: 'gzip' })).toMatchObject({ status: 204, text: '' });
    expect(await app.request(cluster + path)).toMatchObject({
      text: golden('gzip', 'DYNAMIC_BROKER_CONFIG'),
    });

    expect(await send('DELETE', path)).toMatchObject({ status: 204, text: '' });
    expect(await app.request(cluster + path)).toMatchObject({ text: golden('producer') });

    const data = [
      { name: 'compression.type', value: 'zstd' },
      { name: 'unknown.name', value: 1 },
    ];
    expect(await send('POST', '/brokers/1/configs:alter', { data })).toMatchObject({ status: 204, text: '' });
    expect(await app.request(cluster + path)).toMatchObject({
      text: golden('zstd', 'DYNAMIC_BROKER_CONFIG'),
    });
  });

  it.each([
    ['GET', '/brokers/9/configs', noBroker],
    ['GET', '/brokers/9/configs/compression.type', noBroker],
    ['PUT', '/brokers/9/configs/compression.type', noBroker],
    ['DELETE', '/brokers/9/configs/compression.type', noBroker],
    ['GET', '/brokers/1/configs/nope', notFound],
    ['GET', '/brokers/x/configs', notFound],
    [
      'PUT',
      '/brokers/1/configs/nope',
      error(404, 404, 'Config nope cannot be found for BROKER 1 in cluster fake-cluster.'),
    ],
    [
      'DELETE',
      '/brokers/1/configs/nope',
      error(404, 404, 'Config nope cannot be found for BROKER 1 in cluster fake-cluster.'),
    ],
  ])('are not found: %s %s', async (method, at, expected) => {
    expect(await send(method, at, method === 'PUT' ? { value: '1' } : undefined)).toMatchObject(expected);
  });

  it('are not altered on a broker that does not exist', async () => {
    expect(await send('POST', '/brokers/9/configs:alter', { data: [] })).toMatchObject(noBroker);
  });

  it('refuse what is no body', async () => {
    expect(await send('PUT', path)).toMatchObject(noBody);
    expect(await send('POST', '/brokers/1/configs:alter')).toMatchObject(noBody);
    expect(await send('PUT', path, {})).toMatchObject(
      error(400, 40002, 'Null value not supported for : compression.type'),
    );
  });

  it('of another cluster are not found', async () => {
    const nope = '/v3/clusters/nope/brokers';

    expect(await app.request(`${nope}/1/configs`)).toMatchObject(notFound);
    expect(await app.request(`${nope}/1/configs/compression.type`)).toMatchObject(notFound);
    expect(await app.request(`${nope}/-/configs`)).toMatchObject(otherCluster);
  });
});

describe('configurations of all brokers', () => {
  const path = '/broker-configs/compression.type';

  function golden(value: string): string {
    return (
      `{"kind":"KafkaClusterConfig","metadata":{"self":"${url}${path}",` +
      `"resource_name":"${crn}/broker-config=compression.type"},"cluster_id":"fake-cluster",` +
      `"name":"compression.type","value":"${value}","is_read_only":false,"is_sensitive":false,` +
      `"source":"DYNAMIC_DEFAULT_BROKER_CONFIG","synonyms":[{"name":"compression.type","value":"${value}",` +
      `"source":"DYNAMIC_DEFAULT_BROKER_CONFIG"}],"config_type":"BROKER","is_default":false}`
    );
  }

  it('are those that were set, byte for byte as the original', async () => {
    expect(await app.request(`${cluster}/broker-configs`)).toMatchObject({
      status: 200,
      text: goldenList('KafkaClusterConfigList', '/broker-configs'),
    });
    expect(await app.request(cluster + path)).toMatchObject(notFound);

    expect(await send('PUT', path, { value: 'gzip' })).toMatchObject({ status: 204, text: '' });

    expect(await app.request(`${cluster}/broker-configs`)).toMatchObject({
      text: goldenList('KafkaClusterConfigList', '/broker-configs', golden('gzip')),
    });
    expect(await app.request(cluster + path)).toMatchObject({ status: 200, text: golden('gzip') });
  });

  it('are altered and reset', async () => {
    const data = [{ name: 'compression.type', value: 'zstd' }];
    expect(await send('POST', '/broker-configs:alter', { data })).toMatchObject({ status: 204, text: '' });
    expect(await app.request(cluster + path)).toMatchObject({ text: golden('zstd') });

    expect(await send('DELETE', path)).toMatchObject({ status: 204, text: '' });

    expect(await send('DELETE', path)).toMatchObject(
      error(404, 404, 'Config compression.type cannot be found for BROKER  in cluster fake-cluster.'),
    );
  });

  it.each(['topic', 'foo'])('are not found as %s-configs', async (type) => {
    const expected = error(404, 404, `The valid values for Type do not include '${type}'`);

    expect(await app.request(`${cluster}/${type}-configs`)).toMatchObject(expected);
    expect(await app.request(`${cluster}/${type}-configs/x`)).toMatchObject(expected);
  });

  it('refuse what is no body', async () => {
    expect(await send('PUT', path)).toMatchObject(noBody);
    expect(await send('POST', '/broker-configs:alter', 'null')).toMatchObject(noBody);
    expect(await send('POST', '/broker-configs:alter', {})).toMatchObject({ status: 400 });
    expect(await send('POST', '/broker-configs:alter', { data: [] })).toMatchObject({ status: 204 });
  });

  it('of another cluster are not found', async () => {
    const nope = '/v3/clusters/nope';
    const body = { data: [] };
    const headers = { 'Content-Type': 'application/json' };

    expect(await app.request(`${nope}/broker-configs`)).toMatchObject(notFound);
    expect(await app.request(`${nope}${path}`)).toMatchObject(notFound);
    expect(
      await app.request(`${nope}/broker-configs:alter`, { method: 'POST', headers, body }),
    ).toMatchObject(otherCluster);
  });
});
