import { Redis as RedisClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../scripts/stack/ports.ts';
import { startRedis, type Redis } from '../../scripts/stack/redis.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const records = 20;
/** Where reading begins is saved before the first answer. */
const beginning = 1;
/** What scripts call inside Redis, and what asks for the numbers. */
const inside = new Set('hget hmget hset hdel pexpire info'.split(' '));
const topic = uniqueName('cost');
const headers = { 'content-type': jsonType };

let redis: Redis;
let client: RedisClient;
let owner: TestApp;
let edge: TestApp;

beforeAll(async () => {
  redis = await startRedis();
  client = new RedisClient(redis.url);
  owner = await replica();
  // The one that starts later knows the other from the beginning.
  edge = await replica();
  await produce(records);
});

afterAll(async () => {
  await Promise.all([edge?.close(), owner?.close()]);
  client?.disconnect();
  await redis?.stop();
});

async function replica(): Promise<TestApp> {
  const internal = `http://127.0.0.1:${await freePort()}`;
  return TestApp.onKafka(await sharedKafka(), {
    'redis.url': redis.url,
    'internal.listeners': internal,
    'internal.advertised.url': internal,
    'internal.secret': 'the secret of the replicas',
    // Nobody renews a lease while commands are counted.
    'replica.lease.ms': '600000',
    'replica.lease.renew.ms': '200000',
  });
}

/** Requests that Redis has got from the replicas so far. */
async function requests(): Promise<number> {
  const lines = (await client.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
  let sum = 0;
  for (const [, name = '', calls] of lines) if (!inside.has(name)) sum += Number(calls);
  return sum;
}

async function produce(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const body = { records: [{ value: n, partition: 0 }] };
    const answer = await edge.request(`/topics/${topic}`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
  }
}

/** Reads one record after the other. @returns how often Redis was asked, the last position included, and how long it took */
async function readAll(at: TestApp): Promise<{ readonly asked: number; readonly tookMs: number }> {
  const [group, id] = [uniqueName('cost'), 'c1'];
  const made = await RestConsumer.create(owner, group, id, {
    'auto.commit.enable': 'false',
    'consumer.request.timeout.ms': 20_000,
  });
  await made.post('assignments', { partitions: [{ topic, partition: 0 }] });
  const consumer = new RestConsumer(at, group, id);
  // Where the instance is is known after the first.
  await consumer.get('assignments');
  const key = `krest:i:{${group.length}:${group}/${id}}`;
  const saved = (next: number): Promise<void> =>
    vi.waitFor(
      async () => expect(Object.entries(await all(key))).toContainEqual([`f:at:0:${topic}`, `${next}`]),
      {
        timeout: 10_000,
        interval: 3,
      },
    );
  const before = await requests();
  const startedAt = performance.now();
  for (let offset = 0; offset < records; offset++) {
    const answer = await consumer.read('timeout=20000&max_bytes=1');
    expect(answer.json).toMatchObject([{ offset }]);
    // The next read says that the client has this one. Without the wait positions of several reads would go together.
    if (offset > 0) await saved(offset);
  }
  const tookMs = performance.now() - startedAt;
  await saved(records);
  const asked = (await requests()) - before - looks;
  looks = 0;
  await consumer.delete();
  return { asked, tookMs };
}

let looks = 0;

/** What the test itself asks. */
async function all(key: string): Promise<Readonly<Record<string, string>>> {
  looks++;
  return client.hgetall(key);
}

describe('What replicas ask of Redis', () => {
  it('is nothing for what is produced', async () => {
    const before = await requests();
    await produce(5);

    expect(await requests()).toBe(before);
  });

  it('is one thing for a read where the instance is', async () => {
    expect((await readAll(owner)).asked).toBeLessThanOrEqual(records + beginning);
  });

  it('is one thing for a read through another replica, and every five seconds where the instance is', async () => {
    const { asked, tookMs } = await readAll(edge);

    expect(asked).toBeLessThanOrEqual(records + beginning + Math.ceil(tookMs / 5_000));
  });
});
