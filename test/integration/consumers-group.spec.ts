import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GroupProbe } from '../support/group-probe.ts';
import { RestConsumer } from '../support/rest-consumer.ts';
import { brought, write } from '../support/rest-topic.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const instanceTimeoutMs = 8_000;
/** The least that a broker allows; shorter than the silences below. */
const sessionTimeoutMs = 6_000;

let kafka: string;
let proxy: TestApp;
let groups: GroupProbe;
let topic: string;
let group: string;

beforeAll(async () => {
  kafka = await sharedKafka();
  groups = await GroupProbe.connect(kafka);
  proxy = await TestApp.onKafka(kafka, {
    'consumer.instance.timeout.ms': String(instanceTimeoutMs),
    'consumer.session.timeout.ms': String(sessionTimeoutMs),
    'consumer.heartbeat.interval.ms': '500',
  });
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('group'), { partitions: 4 });
  group = uniqueName('group');
});

afterAll(async () => {
  await proxy.close();
  await groups.disconnect();
});

async function member(id: string): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, group, id);
  await consumer.subscribe(topic);
  return consumer;
}

async function partitionsOf(consumer: RestConsumer): Promise<number[]> {
  const { json } = await consumer.get('assignments');
  return (json as { partitions: { partition: number }[] }).partitions.map(({ partition }) => partition);
}

function eventually(check: () => Promise<void>, timeout: number): Promise<void> {
  return vi.waitFor(check, { timeout, interval: 50 });
}

describe('Instances of one group', () => {
  it('share the partitions, and every record goes to one of them', async () => {
    const members = [await member('c1'), await member('c2')];
    await eventually(async () => {
      const shares = await Promise.all(members.map(partitionsOf));
      expect(shares.map((share) => share.length)).toEqual([2, 2]);
      expect(new Set(shares.flat())).toEqual(new Set([0, 1, 2, 3]));
    }, 20_000);
    for (const partition of [0, 1, 2, 3]) await write(proxy, topic, [partition, 'x'], partition);
    const got: string[] = [];
    await eventually(async () => {
      for (const each of members) got.push(...brought((await each.read('timeout=200')).json));
      expect(got).toHaveLength(8);
    }, 10_000);

    expect(new Set(got).size).toBe(8);
  });

  it('lose and repeat nothing while one comes and one goes', async () => {
    const first = await member('c1');
    await first.joined();
    const got: string[] = [];
    const readAll = async (consumer: RestConsumer, signal: AbortSignal): Promise<void> => {
      while (!signal.aborted) {
        const answer = await consumer.read('timeout=100');
        if (answer.status === 200) got.push(...brought(answer.json));
      }
    };
    const stop = new AbortController();
    const readers = [readAll(first, stop.signal)];
    let written = 0;
    const writeSome = async (): Promise<void> => {
      for (const partition of [0, 1, 2, 3]) await write(proxy, topic, [written++], partition);
    };
    for (let round = 0; round < 5; round += 1) await writeSome();
    const second = await member('c2');
    const leaving = new AbortController();
    readers.push(readAll(second, leaving.signal));
    await eventually(async () => {
      await writeSome();
      expect(await partitionsOf(second)).toHaveLength(2);
    }, 20_000);
    for (let round = 0; round < 5; round += 1) await writeSome();
    leaving.abort();
    await readers[1];
    await second.delete();
    await eventually(async () => {
      await writeSome();
      expect(await partitionsOf(first)).toHaveLength(4);
    }, 20_000);
    await eventually(() => {
      expect(new Set(got).size).toBe(written);
      return Promise.resolve();
    }, 20_000);
    stop.abort();
    await readers[0];

    expect(got).toHaveLength(written);
  });

  it('take over at once what one leaves that is deleted', async () => {
    const [first, second] = [await member('c1'), await member('c2')];
    await eventually(async () => expect(await partitionsOf(second)).toHaveLength(2), 20_000);
    const started = performance.now();
    await first.delete();
    await eventually(async () => expect(await partitionsOf(second)).toHaveLength(4), sessionTimeoutMs);

    expect(performance.now() - started).toBeLessThan(sessionTimeoutMs - 1_000);
  });
});

describe('An instance', () => {
  it('keeps its partitions while nobody reads for longer than the session, and expires after its last request', async () => {
    const consumer = await member('c1');
    await consumer.joined();
    await consumer.get('subscription');
    const started = performance.now();
    const before = await groups.describe(group);
    // Looked at from outside: no request of the client keeps it alive.
    await eventually(() => {
      expect(performance.now() - started).toBeGreaterThan(sessionTimeoutMs + 500);
      return Promise.resolve();
    }, instanceTimeoutMs);
    expect(before).toMatchObject({ state: 'Stable', members: [expect.any(String)] });
    expect(await groups.describe(group)).toEqual(before);

    // The leave is sent: the broker would take the session timeout to notice otherwise.
    await eventually(
      async () => expect(await groups.describe(group)).toMatchObject({ members: [] }),
      instanceTimeoutMs - (performance.now() - started) + 4_000,
    );
    expect(performance.now() - started).toBeGreaterThan(instanceTimeoutMs - 100);
    expect(await consumer.get('subscription')).toMatchObject({ status: 404, json: { error_code: 40403 } });
  });

  it('is one static member: the same instance on another proxy takes over, and the first one knows', async () => {
    const first = await member('c1');
    await first.joined();
    await write(proxy, topic, ['a']);
    expect(brought((await first.read()).json)).toEqual(['0@0="a"']);
    await first.post('offsets');
    const other = await TestApp.onKafka(kafka);
    try {
      const second = await RestConsumer.create(other, group, 'c1');
      await second.subscribe(topic);
      await second.joined();
      await write(proxy, topic, ['b']);

      expect(brought((await second.read()).json)).toEqual(['0@1="b"']);
      expect((await groups.describe(group)).members).toHaveLength(1);
      await eventually(
        async () =>
          expect(await first.read('timeout=100')).toMatchObject({ status: 404, json: { error_code: 40403 } }),
        10_000,
      );
      await second.post('offsets');
      expect((await second.committed(`${topic}:0`)).json).toMatchObject({ offsets: [{ offset: 2 }] });
    } finally {
      await other.close();
    }
  });
});
