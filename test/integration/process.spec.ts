import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtMain, buildWhenStale } from '../../scripts/build.ts';
import { jsonType, v2 } from '../support/rest-consumer.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { uniqueName } from '../support/unique-name.ts';

let child: ChildProcess;
let base: string;
const topic = uniqueName('process');
const group = uniqueName('process');

beforeAll(async () => {
  if (!buildWhenStale()) throw new Error('the build fails');
  child = spawn(process.execPath, [builtMain], {
    env: {
      KAFKA_REST_BOOTSTRAP_SERVERS: await sharedKafka(),
      KAFKA_REST_LISTENERS: 'http://127.0.0.1:0',
      KAFKA_REST_INTERNAL_LISTENERS: '',
      KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS: '30000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  base = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.once('exit', () => reject(new Error(seen)));
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      const [, url] = /"listeners":\["([^"]+)"/.exec(seen) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
});

afterAll(() => void child.kill('SIGKILL'));

async function ask(method: string, path: string, type: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: method === 'GET' ? { accept: type } : { 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return text === '' ? answer.status : JSON.parse(text);
}

// Node itself loads packages in another way than the tests do.
describe('the built proxy on a real Kafka', () => {
  const instance = `/consumers/${group}/instances/one`;

  it('answers the lines of the quick start', async () => {
    const records = [{ key: 'alice', value: { count: 0 } }];
    expect(await ask('POST', `/topics/${topic}`, jsonType, { records })).toMatchObject({
      offsets: [{ partition: 0, offset: 0 }],
    });
    const options = { name: 'one', format: 'json', 'auto.offset.reset': 'earliest' };
    expect(await ask('POST', `/consumers/${group}`, v2, options)).toEqual({
      instance_id: 'one',
      base_uri: `${base}${instance}`,
    });
    expect(await ask('POST', `${instance}/subscription`, v2, { topics: [topic] })).toBe(204);
    expect(await ask('GET', `${instance}/records`, jsonType)).toEqual([
      { topic, key: 'alice', value: { count: 0 }, partition: 0, offset: 0 },
    ]);
    expect(await ask('POST', `${instance}/offsets`, v2)).toEqual([]);
    expect(await ask('GET', '/topics', v2)).toContain(topic);
    expect(await ask('GET', `/topics/${topic}`, v2)).toMatchObject({
      name: topic,
      configs: { 'cleanup.policy': 'delete' },
      partitions: [{ partition: 0 }],
    });
    expect(await ask('GET', `/topics/${topic}/partitions`, v2)).toMatchObject([{ partition: 0 }]);
    expect(await ask('GET', '/brokers', v2)).toMatchObject({ brokers: [expect.any(Number)] });
    expect(await ask('GET', '/v3/clusters', 'application/json')).toMatchObject({
      kind: 'KafkaClusterList',
      data: [{ kind: 'KafkaCluster' }],
    });
  });

  it('ends on SIGTERM while reads wait: they are answered, and it takes seconds', async () => {
    const reads = [1, 2, 3].map(() => ask('GET', `${instance}/records`, jsonType));
    const later = ask('POST', `/topics/${topic}`, jsonType, { records: [{ value: 'seen by a read' }] });
    await Promise.any(reads);
    await later;
    const exited = once(child, 'exit');
    const started = performance.now();

    child.kill('SIGTERM');

    const answers = await Promise.all(reads);
    expect(answers.flat()).toMatchObject([{ value: 'seen by a read' }]);
    expect((await exited)[0]).toBe(0);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
