import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { catalogue } from '../../apps/rest-proxy/src/metrics/catalogue.ts';
import { ContractApp } from '../support/contract-app.ts';
import { parseExposition, type ExposedMetric, type ExposedSample } from '../support/exposition.ts';
import { ReplicaPair } from '../support/replica-pair.ts';
import { v2 } from '../support/rest-consumer.ts';

let app: ContractApp;

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  app = await ContractApp.start({ 'internal.listeners': 'http://127.0.0.1:0', ...settings });
  app.kafka.cluster.createTopic('t1');
}

beforeEach(() => start());
afterEach(() => app.close());

async function scrape(): Promise<ReadonlyMap<string, ExposedMetric>> {
  const answer = await fetch(`${app.internalUrl}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseExposition(await answer.text());
}

async function samplesOf(name: string): Promise<readonly ExposedSample[]> {
  return (await scrape()).get(name)?.samples ?? [];
}

/** `label=value,… number` of each sample but buckets. */
async function linesOf(name: string): Promise<readonly string[]> {
  const samples = await samplesOf(name);
  return samples
    .filter((sample) => !sample.name.endsWith('_bucket'))
    .map(({ labels, value }) => `${Object.values(labels).join(' ')} ${value}`.trim());
}

const produce = (topic: string, ...values: readonly string[]) =>
  app.request(`/topics/${topic}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/vnd.kafka.json.v2+json' },
    body: { records: values.map((value) => ({ value })) },
  });

describe('GET /metrics', () => {
  it('has all metrics of the catalogue and no others, with their types and labels', async () => {
    await produce('t1', 'one');
    await app.request('/topics');

    const metrics = await scrape();

    expect([...metrics.keys()].sort()).toEqual(Object.keys(catalogue).sort());
    for (const [name, { type, labels, help }] of Object.entries(catalogue)) {
      expect(metrics.get(name)).toMatchObject({ type, help });
      for (const sample of metrics.get(name)?.samples ?? []) {
        const given = Object.keys(sample.labels).filter((label) => type !== 'histogram' || label !== 'le');
        expect(labels, name).toEqual(expect.arrayContaining(given));
      }
    }
  });

  it('is not for clients', async () => {
    expect(await app.request('/metrics')).toMatchObject({ status: 404 });
  });

  it('answers several at the same time', async () => {
    const scrapes = await Promise.all([scrape(), scrape(), scrape()]);

    for (const metrics of scrapes) expect(metrics.size).toBe(Object.keys(catalogue).length);
  });

  it('says nothing of Redis and leases where there are none, and of a shutdown before there is one', async () => {
    const metrics = await scrape();

    for (const name of ['krest_redis_up', 'krest_lease_age_seconds', 'krest_drain_duration_seconds']) {
      expect(metrics.get(name)?.samples).toEqual([]);
    }
  });
});

async function countsOf({ internalUrl }: ContractApp): Promise<readonly ExposedSample[]> {
  const text = await (await fetch(`${internalUrl}/metrics`)).text();
  const { samples = [] } = parseExposition(text).get('http_server_request_duration_seconds') ?? {};
  return samples.filter(({ name }) => name.endsWith('_count'));
}

describe('http_server_request_duration_seconds', () => {
  it('counts requests by method, route and status', async () => {
    await app.request('/topics');
    await app.request('/topics/t1');
    await app.request('/topics/t2');
    await app.request('/topics/t1', { method: 'HEAD' });
    await app.request('/v3/clusters/x/topics/t1/records:batch', { method: 'POST' });

    const samples = await samplesOf('http_server_request_duration_seconds');

    const counts = samples.filter(({ name }) => name.endsWith('_count'));
    expect(
      counts.map(({ labels, value }) => [labels['method'], labels['route'], labels['status'], value]),
    ).toEqual([
      ['GET', '/topics', '200', 1],
      ['GET', '/topics/{topic}', '200', 1],
      ['GET', '/topics/{topic}', '404', 1],
      ['HEAD', '/topics/{topic}', '200', 1],
      ['POST', '/v3/clusters/{clusterId}/topics/{topic}/records:batch', expect.any(String), 1],
    ]);
  });

  it('has buckets that add up', async () => {
    await app.request('/topics');
    await app.request('/topics');

    const samples = await samplesOf('http_server_request_duration_seconds');
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket')).map(({ value }) => value);
    expect(buckets).toHaveLength(16);
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    expect(buckets.at(-1)).toBe(2);
    expect(samples.filter(({ labels }) => labels['le'] === '+Inf')).toHaveLength(1);
    const sum = samples.find(({ name }) => name.endsWith('_sum'))?.value ?? 0;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(60);
  });

  it('has few labels, whatever clients ask for', async () => {
    for (const path of ['/a', '/b', '/topics/t1/x/y/z', '/%00']) await app.request(path);
    await app.request('/topics', { method: 'DELETE' });
    for (const method of ['PROPFIND', 'MKCOL', 'SEARCH']) {
      await app.raw(`${method} /topics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    }

    const samples = await samplesOf('http_server_request_duration_seconds');
    const routes = new Set(samples.map(({ labels }) => `${labels['method']} ${labels['route']}`));
    expect([...routes].sort()).toEqual(['DELETE none', 'GET none', 'other none']);
  });

  it('counts what another replica answers where the client is, and nowhere else', async () => {
    const pair = await ReplicaPair.start();
    try {
      const answer = await pair.edge.request('/consumers/g1/instances/c1/offsets?a=b', { method: 'POST' });
      expect(answer.headers.get('content-type')).toContain('json');

      const labels = { method: 'POST', route: '/consumers/{group}/instances/{instance}/offsets' };
      const name = 'http_server_request_duration_seconds_count';
      const status = String(answer.status);
      expect(await countsOf(pair.edge)).toEqual([{ name, labels: { ...labels, status }, value: 1 }]);
      expect(await countsOf(pair.owner)).toEqual([]);
    } finally {
      await pair.close();
    }
  });

  it('has the status 499 when the client went away', async () => {
    const gone = new AbortController();
    const path = await consumer('t1');
    const read = app.request(`${path}/records?timeout=30000`, { headers: json, signal: gone.signal });
    await expect.poll(() => linesOf('krest_http_inflight')).toEqual(['1']);
    gone.abort();
    await read.catch(() => undefined);

    await expect
      .poll(async () => (await samplesOf('http_server_request_duration_seconds')).map(({ labels }) => labels))
      .toContainEqual({
        method: 'GET',
        route: '/consumers/{group}/instances/{instance}/records',
        status: '499',
      });
  });
});

describe('bytes', () => {
  it('are counted by route', async () => {
    const answer = await produce('t1', 'one', 'two');
    const sent = JSON.stringify({ records: [{ value: 'one' }, { value: 'two' }] });

    expect(await linesOf('krest_http_request_bytes_total')).toEqual([`POST /topics/{topic} ${sent.length}`]);
    expect(await linesOf('krest_http_response_bytes_total')).toEqual([
      `POST /topics/{topic} ${answer.text.length}`,
    ]);
  });
});

describe('produce', () => {
  it('counts records by what became of them', async () => {
    await produce('t1', 'one', 'two');
    app.kafka.producer.failRecord = () => KafkaError.of('NOT_ENOUGH_REPLICAS');
    await produce('t1', 'three');

    expect(await linesOf('krest_produce_records_total')).toEqual(['ok 2', 'error 1']);
    expect(await linesOf('krest_produce_bytes_total')).toEqual(['10']);
  });

  it('counts the topics that metrics.topics names by themselves', async () => {
    await app.close();
    await start({ 'metrics.topics': 't1' });
    app.kafka.cluster.createTopic('t2');
    await produce('t1', 'one', 'two');
    await produce('t2', 'three');

    expect(await linesOf('krest_produce_records_total')).toEqual([
      'ok 1',
      'ok t1 2',
      'error 0',
      'error t1 0',
    ]);
    expect(await linesOf('krest_produce_bytes_total')).toEqual(['7', 't1 10']);
  });
});

const json = { Accept: 'application/vnd.kafka.json.v2+json' };

async function consumer(topic: string): Promise<string> {
  const body = { name: 'c1', format: 'json', 'auto.offset.reset': 'earliest' };
  const headers = { 'Content-Type': v2 };
  await app.request('/consumers/g1', { method: 'POST', headers, body });
  const path = '/consumers/g1/instances/c1';
  await app.request(`${path}/subscription`, { method: 'POST', headers, body: { topics: [topic] } });
  return path;
}

describe('consumers', () => {
  it('are counted, with their reads and records', async () => {
    await produce('t1', 'one', 'two');
    const path = await consumer('t1');

    const read = await app.request(`${path}/records`, { headers: json });

    expect(read.json).toHaveLength(2);
    expect(await linesOf('krest_consumer_instances')).toEqual(['local 1']);
    expect(await linesOf('krest_consumer_delivered_records_total')).toEqual(['2']);
    expect(await linesOf('krest_consumer_redelivered_total')).toEqual(['0']);
    await expect.poll(() => linesOf('krest_consumer_unconfirmed')).toEqual(['0']);
    expect(await samplesOf('krest_consumer_read_duration_seconds')).toContainEqual({
      name: 'krest_consumer_read_duration_seconds_count',
      labels: {},
      value: 1,
    });

    await app.request(path, { method: 'DELETE', headers: { 'Content-Type': v2 } });
    expect(await linesOf('krest_consumer_instances')).toEqual(['local 0']);
  });
});
