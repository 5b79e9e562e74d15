import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../scripts/stack/wait.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const jsonV2 = 'application/vnd.kafka.json.v2+json';
const mib = 1024 * 1024;

let kafka: string;
let topic: string;
let app: TestApp | undefined;

beforeAll(async () => {
  kafka = await sharedKafka();
  topic = await createTopic(kafka, uniqueName('overload'), { partitions: 3 });
});

afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  app = await TestApp.onKafka(kafka, settings);
  return app;
}

function produce(to: TestApp, body: string): Promise<{ readonly status: number; readonly headers: Headers }> {
  return to.request(`/topics/${topic}`, { method: 'POST', headers: { 'content-type': jsonV2 }, body });
}

describe('a thousand connections that do not finish their requests', () => {
  it('do not stop the others', { timeout: 60_000 }, async () => {
    const proxy = await start();
    const sockets: Socket[] = [];
    const head = `POST /topics/${topic} HTTP/1.1\r\nHost: x\r\nContent-Type: ${jsonV2}\r\nContent-Length: 1000\r\n`;
    const open = (unfinished: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const socket = connect(proxy.port, '127.0.0.1', () => {
          socket.write(unfinished);
          resolve();
        });
        socket.on('error', reject);
        sockets.push(socket);
      });
    try {
      for (let i = 0; i < 1_000; i += 50) {
        // A third stops in the head, a third in the body, a third says nothing at all.
        const unfinished = [head, `${head}\r\n{"records":[`, ''];
        await Promise.all(Array.from({ length: 50 }, (_, j) => open(unfinished[j % 3] ?? '')));
      }

      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, i) => produce(proxy, `{"records":[{"value":${i}}]}`)),
      );

      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    } finally {
      for (const socket of sockets) {
        socket.removeAllListeners('error');
        socket.on('error', () => undefined);
        socket.destroy();
      }
    }
  });
});

describe('more bodies than memory was given for', () => {
  it('are refused with 503 and Retry-After, and memory stays bounded', { timeout: 120_000 }, async () => {
    const proxy = await start({
      'max.inflight.bytes': String(32 * mib),
      'producer.max.request.size': String(4 * mib),
    });
    const value = 'x'.repeat(mib - 200);
    const body = JSON.stringify({ records: [{ value }, { value }] });
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);

    const statuses = new Map<number, number>();
    let withoutRetryAfter = 0;
    // Ten times the bytes that may be under way at once.
    await Promise.all(
      Array.from({ length: 160 }, async () => {
        const answer = await produce(proxy, body);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status === 503 && answer.headers.get('retry-after') === null) withoutRetryAfter++;
      }),
    );
    clearInterval(watch);

    expect(
      [...statuses.keys()].filter((status) => status !== 200 && status !== 503 && status !== 429),
    ).toEqual([]);
    expect(statuses.get(200) ?? 0).toBeGreaterThan(0);
    expect(statuses.get(503) ?? 0).toBeGreaterThan(0);
    expect(withoutRetryAfter).toBe(0);
    // The clients of this test hold 320 MiB in the same process: the bound is theirs and the proxy's together.
    expect(most - before).toBeLessThan(900 * mib);
    await waitFor(
      'the proxy to be as before',
      async () => (await produce(proxy, '{"records":[{"value":1}]}')).status === 200 || undefined,
      10_000,
    );
  });
});

describe('more requests than may be in progress', () => {
  it('are refused with 503 and Retry-After while the others are served', { timeout: 60_000 }, async () => {
    const proxy = await start({ 'max.inflight.requests': '20', 'consumer.request.timeout.ms': '3000' });
    const headers = { 'content-type': 'application/vnd.kafka.v2+json' };
    const group = uniqueName('overload');
    // 19 reads that wait take all places but one.
    const reads = Array.from({ length: 19 }, async (_, i) => {
      const path = `/consumers/${group}/instances/i${i}`;
      await proxy.request(`/consumers/${group}`, {
        method: 'POST',
        headers,
        body: { name: `i${i}`, format: 'json' },
      });
      const body = { partitions: [{ topic, partition: 2 }] };
      expect((await proxy.request(`${path}/assignments`, { method: 'POST', headers, body })).status).toBe(
        204,
      );
      return path;
    });
    const waiting = (await Promise.all(reads)).map((path) =>
      proxy.request(`${path}/records`, { headers: { accept: jsonV2 } }),
    );
    await waitFor(
      'all reads to wait',
      async () => {
        const { json } = await proxy.request('/health/ready');
        return JSON.stringify(json).includes('"requestsInFlight":20,') || undefined;
      },
      2_000,
    );

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => produce(proxy, `{"records":[{"value":${i},"partition":0}]}`)),
    );

    const refused = answers.filter((answer) => answer.status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(50);
    for (const answer of refused) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect((await Promise.all(waiting)).map((read) => read.status)).toEqual(waiting.map(() => 200));
  });
});
