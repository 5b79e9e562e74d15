import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../apps/rest-proxy/src/metrics/catalogue.ts';
import { parseExposition, type ExposedSample } from '../support/exposition.ts';
import { jsonType, v2 } from '../support/rest-consumer.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const topic = uniqueName('metrics');
const group = uniqueName('metrics');
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.onKafka(await sharedKafka(), { 'internal.listeners': 'http://127.0.0.1:0' });
  const headers = { 'Content-Type': jsonType };
  const records = [{ value: 'one' }, { value: 'two' }, { value: 'three' }];
  const produced = await app.request(`/topics/${topic}`, { method: 'POST', headers, body: { records } });
  expect(produced.status).toBe(200);
  const body = { name: 'c1', format: 'json', 'auto.offset.reset': 'earliest' };
  await app.request(`/consumers/${group}`, { method: 'POST', headers: { 'Content-Type': v2 }, body });
  const instance = `/consumers/${group}/instances/c1`;
  const subscription = { method: 'POST', headers: { 'Content-Type': v2 }, body: { topics: [topic] } };
  await app.request(`${instance}/subscription`, subscription);
  const read = await app.request(`${instance}/records?timeout=30000`, { headers: { Accept: jsonType } });
  expect(read.json).toHaveLength(3);
});

afterAll(() => app?.close());

const exposition = async (): Promise<string> => (await fetch(`${app.internalUrl}/metrics`)).text();

async function samplesOf(name: string): Promise<readonly ExposedSample[]> {
  return parseExposition(await exposition()).get(name)?.samples ?? [];
}

describe('GET /metrics on a real Kafka', () => {
  it('has how long brokers took, by request', async () => {
    const samples = await samplesOf('krest_kafka_request_duration_seconds');
    const counts = new Map(
      samples
        .filter(({ name }) => name.endsWith('_count'))
        .map(({ labels, value }) => [labels['api'], value]),
    );

    const names = [
      'Produce',
      'Metadata',
      'FindCoordinator',
      'JoinGroup',
      'SyncGroup',
      'Fetch',
      'OffsetFetch',
    ];
    for (const name of names) expect(counts.get(name), name).toBeGreaterThan(0);
    for (const name of counts.keys()) expect(name).toMatch(/^[A-Z]/);
    const sum = samples.find(({ name, labels }) => name.endsWith('_sum') && labels['api'] === 'Produce');
    expect(sum?.value).toBeGreaterThan(0);
    expect(sum?.value).toBeLessThan(60);
  });

  it('has how large batches are', async () => {
    const samples = await samplesOf('krest_produce_batch_records');

    expect(samples.find(({ name }) => name.endsWith('_sum'))?.value).toBe(3);
  });

  it('has the numbers of the proxy itself', async () => {
    expect(await samplesOf('krest_consumer_delivered_records_total')).toMatchObject([{ value: 3 }]);
    expect(await samplesOf('krest_produce_records_total')).toMatchObject([{ value: 3 }, { value: 0 }]);
    expect([...parseExposition(await exposition()).keys()].sort()).toEqual(Object.keys(catalogue).sort());
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;

  it.skipIf(!promtool)('is what Prometheus finds nothing wrong with', async () => {
    const child = spawn('promtool', ['check', 'metrics']);
    child.stdin.end(await exposition());
    const [said, complaints, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number]>,
    ]);

    expect(said + complaints).toBe('');
    expect(status).toBe(0);
  });
});
