import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestConsumer } from '../support/rest-consumer.ts';
import { brought, write, writeBytes } from '../support/rest-topic.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

let kafka: string;
let proxy: TestApp;
let topic: string;
let group: string;

beforeAll(async () => {
  kafka = await sharedKafka();
  proxy = await TestApp.onKafka(kafka, {
    'consumer.request.timeout.ms': '20000',
    'client.metadata.max.age.ms': '1000',
  });
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('read'), { partitions: 2 });
  group = uniqueName('group');
});

afterAll(async () => {
  await proxy.close();
});

async function subscribed(options: Readonly<Record<string, unknown>> = {}): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, group, uniqueName('c'), options);
  expect((await consumer.subscribe(topic)).status).toBe(204);
  return consumer;
}

async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const started = performance.now();
  const result = await work;
  return { result, ms: performance.now() - started };
}

describe('A read', () => {
  it('right after subscribe waits for the assignment, and returns as soon as there is data', async () => {
    await write(proxy, topic, [1, 2]);
    const consumer = await subscribed();
    const { result, ms } = await timed(consumer.read());

    expect(brought(result.json)).toEqual(['0@0=1', '0@1=2']);
    expect(ms).toBeLessThan(10_000);
    expect((await consumer.get('assignments')).json).toEqual({
      partitions: [0, 1].map((partition) => ({ topic, partition })),
    });
  });

  it('that waits gets a record when it comes', async () => {
    const consumer = await subscribed();
    await consumer.joined();
    const read = timed(consumer.read());
    await write(proxy, topic, ['now'], 1);
    const { result, ms } = await read;

    expect(brought(result.json)).toEqual(['1@0="now"']);
    expect(ms).toBeLessThan(5_000);
  });

  it('returns hundreds of records at a time', async () => {
    const values = Array.from({ length: 500 }, (_, index) => index);
    await write(proxy, topic, values);
    const consumer = await subscribed();
    const { json } = await consumer.read();

    expect(brought(json)).toEqual(values.map((value) => `0@${value}=${value}`));
  });

  it('keeps its deadline on a topic without records, and before it was assigned anything', async () => {
    const consumer = await subscribed();
    for (const timeoutMs of [1, 300, 700]) {
      const { result, ms } = await timed(consumer.read(`timeout=${timeoutMs}`));
      expect(result).toMatchObject({ status: 200, text: '[]' });
      expect(ms).toBeGreaterThanOrEqual(timeoutMs - 1);
      expect(ms).toBeLessThan(timeoutMs + 1_000);
    }
  });

  it('keeps to max_bytes, lets one record through, and skips nothing', async () => {
    const sizes = [5, 10, 5_000, 10, 10, 30_000, 5];
    await write(
      proxy,
      topic,
      sizes.map((size) => 'x'.repeat(size)),
    );
    const consumer = await subscribed();
    const got: number[] = [];
    while (got.length < sizes.length) {
      const { json } = await consumer.read('max_bytes=100');
      const values = (json as { value: string }[]).map(({ value }) => value.length);
      expect(values.length).toBeGreaterThan(0);
      if (values.length > 1) expect(values.reduce((sum, size) => sum + size + 2, 0)).toBeLessThan(100);
      got.push(...values);
    }

    expect(got).toEqual(sizes);
  });

  it('gives numbers, tombstones and what is empty as they are', async () => {
    for (const value of ['12345678901234567890123', '1.10', '""', '0', 'false', '{}', '[]']) {
      await writeBytes(proxy, topic, value);
    }
    await write(proxy, topic, [null]);
    const consumer = await subscribed({ 'fetch.min.bytes': 38 });
    const { text } = await consumer.read('timeout=5000');

    expect([...text.matchAll(/"value":(.*?),"partition"/g)].map(([, value]) => value)).toEqual([
      '12345678901234567890123',
      '1.10',
      '""',
      '0',
      'false',
      '{}',
      '[]',
      'null',
    ]);
  });

  it('takes its turn after another of the same instance, and none is left out', async () => {
    const consumer = await subscribed();
    await consumer.joined();
    const values = Array.from({ length: 40 }, (_, index) => index);
    const got: string[] = [];
    const read = async (): Promise<number> => {
      let answers = 0;
      while (got.length < values.length) {
        const answer = brought((await consumer.read('timeout=500')).json);
        if (answer.length > 0) answers += 1;
        got.push(...answer);
      }
      return answers;
    };
    const readers = [read(), read(), read()];
    for (const value of values) await write(proxy, topic, [value]);
    const answers = await Promise.all(readers);

    expect(got.toSorted()).toEqual(values.map((value) => `0@${value}=${value}`).toSorted());
    for (const count of answers) expect(count).toBeGreaterThan(0);
  });

  it('ends when its instance is deleted, both cleanly', async () => {
    const consumer = await subscribed();
    await consumer.joined();
    const read = timed(consumer.read());
    await consumer.get('assignments');
    const deleted = await timed(consumer.delete());
    const { result, ms } = await read;

    expect(deleted.result.status).toBe(204);
    expect(result).toMatchObject({ status: 200, text: '[]' });
    expect(ms).toBeLessThan(10_000);
  });

  it('of a pattern finds a topic that appears later', async () => {
    const consumer = await RestConsumer.create(proxy, group, 'c1');
    const prefix = uniqueName('later');
    await consumer.post('subscription', { topic_pattern: `${prefix}-\\d+` });
    expect((await consumer.read('timeout=200')).json).toEqual([]);
    const later = await createTopic(kafka, `${prefix}-1`);
    await createTopic(kafka, `${prefix}-x`);
    await write(proxy, later, ['found']);
    await write(proxy, `${prefix}-x`, ['not this one']);

    expect((await consumer.read()).json).toMatchObject([{ topic: later, value: 'found' }]);
  });
});

describe('A record that cannot be decoded', () => {
  it('is named, neither wedges nor disappears, and is passed with positions', async () => {
    await write(proxy, topic, [1]);
    await writeBytes(proxy, topic, 'nonsense');
    await write(proxy, topic, [3]);
    const consumer = await subscribed({ 'auto.commit.enable': false });
    expect(brought((await consumer.read()).json)).toEqual(['0@0=1']);
    for (let time = 0; time < 2; time += 1) {
      const answer = await consumer.read();
      expect(answer).toMatchObject({ status: 408, json: { error_code: 40801 } });
      expect(answer.text).toContain(`at ${topic}-0 offset 1: `);
    }
    await consumer.post('offsets');
    const committed = await consumer.committed(`${topic}:0`);
    expect(committed.json).toMatchObject({ offsets: [{ partition: 0, offset: 1 }] });
    await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 2 }] });

    expect(brought((await consumer.read()).json)).toEqual(['0@2=3']);
  });

  it('keeps back nothing of other partitions for good', async () => {
    await writeBytes(proxy, topic, 'nonsense');
    await write(proxy, topic, ['other'], 1);
    const consumer = await subscribed();
    let got: string[] = [];
    for (let time = 0; time < 3 && got.length === 0; time += 1) {
      const answer = await consumer.read();
      if (answer.status === 200) got = brought(answer.json);
      else await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 1 }] });
    }

    expect(got).toEqual(['1@0="other"']);
  });
});

describe('A seek', () => {
  it('drops what was buffered', async () => {
    await write(
      proxy,
      topic,
      Array.from({ length: 10 }, (_, index) => index),
    );
    const consumer = await subscribed();
    expect(brought((await consumer.read('max_bytes=3')).json)).toEqual(['0@0=0', '0@1=1']);
    await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 9 }] });

    expect(brought((await consumer.read()).json)).toEqual(['0@9=9']);
  });

  it('by time finds the record, and the end where there is none', async () => {
    await write(proxy, topic, ['old']);
    const consumer = await subscribed();
    await consumer.read();
    const to = (timestamp: string | number): Promise<unknown> =>
      consumer.post('positions', { timestamps: [{ topic, partition: 0, timestamp }] });

    expect(await to('2020-01-01T00:00:00Z')).toMatchObject({ status: 204 });
    expect(brought((await consumer.read()).json)).toEqual(['0@0="old"']);
    expect(await to('2100-01-01T00:00:00Z')).toMatchObject({ status: 204 });
    await write(proxy, topic, ['new']);
    expect(brought((await consumer.read()).json)).toEqual(['0@1="new"']);
  });

  it('to the beginning and the end moves all that is assigned', async () => {
    await write(proxy, topic, ['a']);
    await write(proxy, topic, ['b'], 1);
    const consumer = await subscribed({ 'fetch.min.bytes': 5 });
    expect(brought((await consumer.read('timeout=10000')).json).toSorted()).toEqual(['0@0="a"', '1@0="b"']);
    await consumer.post('positions/beginning', { partitions: [] });
    expect(brought((await consumer.read('timeout=10000')).json).toSorted()).toEqual(['0@0="a"', '1@0="b"']);
    await consumer.post('positions/beginning', { partitions: [] });
    await consumer.post('positions/end', { partitions: [] });
    expect((await consumer.read('timeout=300')).json).toEqual([]);
  });

  it('moves a read that waits', async () => {
    await write(proxy, topic, ['a', 'b']);
    const consumer = await subscribed();
    await consumer.read();
    const read = consumer.read();
    await consumer.get('assignments');
    await consumer.post('positions', { offsets: [{ topic, partition: 0, offset: 1 }] });

    expect(brought((await read).json)).toEqual(['0@1="b"']);
  });
});

describe('Assigned partitions', () => {
  it('are read without a group, from where they were assigned', async () => {
    await write(proxy, topic, ['a']);
    await write(proxy, topic, ['b'], 1);
    const consumer = await RestConsumer.create(proxy, group, 'c1');
    await consumer.post('assignments', { partitions: [{ topic, partition: 1 }] });
    expect(brought((await consumer.read()).json)).toEqual(['1@0="b"']);
    await consumer.post('assignments', { partitions: [{ topic, partition: 0 }] });

    expect(brought((await consumer.read()).json)).toEqual(['0@0="a"']);
  });
});
