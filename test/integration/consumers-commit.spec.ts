import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GroupProbe } from '../support/group-probe.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';
import { brought, write } from '../support/rest-topic.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

let kafka: string;
let proxy: TestApp;
let groups: GroupProbe;
let topic: string;
let group: string;

beforeAll(async () => {
  kafka = await sharedKafka();
  groups = await GroupProbe.connect(kafka);
  proxy = await TestApp.onKafka(kafka, {
    'consumer.request.timeout.ms': '20000',
    'consumer.auto.commit.interval.ms': '500',
  });
});

beforeEach(async () => {
  topic = await createTopic(kafka, uniqueName('commit'));
  group = uniqueName('group');
});

afterAll(async () => {
  await proxy.close();
  await groups.disconnect();
});

async function subscribed(
  options: Readonly<Record<string, unknown>> = { 'auto.commit.enable': false },
  id = 'c1',
): Promise<RestConsumer> {
  const consumer = await RestConsumer.create(proxy, group, id, options);
  await consumer.subscribe(topic);
  return consumer;
}

const ten = Array.from({ length: 10 }, (_, index) => index);

describe('A commit without a body', () => {
  it('commits what was delivered, not what was fetched, and has when it answers', async () => {
    await write(proxy, topic, ten);
    const consumer = await subscribed();
    expect(brought((await consumer.read('max_bytes=3')).json)).toHaveLength(2);
    expect(await consumer.post('offsets')).toMatchObject({ status: 200, text: '[]' });

    expect(await groups.committed(group, topic)).toEqual([2]);
  });

  it('does not wait for a read that waits, nor does anything wait for it', async () => {
    await write(proxy, topic, [1]);
    const consumer = await subscribed();
    await consumer.read();
    const read = consumer.read();
    const started = performance.now();
    await consumer.post('offsets');
    await consumer.committed(`${topic}:0`);
    await consumer.post('positions/beginning', { partitions: [] });

    expect(performance.now() - started).toBeLessThan(5_000);
    expect(brought((await read).json)).toEqual(['0@0=1']);
    expect(await groups.committed(group, topic)).toEqual([1]);
  });

  it('says that it failed', async () => {
    await write(proxy, topic, [1]);
    const member = await subscribed();
    await member.joined();
    const outsider = await RestConsumer.create(proxy, group, 'outsider', { 'auto.commit.enable': false });
    await outsider.post('assignments', { partitions: [{ topic, partition: 0 }] });
    await outsider.read();
    const answer = await outsider.post('offsets');

    expect(answer.status).toBe(500);
    expect(answer.json).toMatchObject({ error_code: 50002 });
    expect(await groups.committed(group, topic)).toEqual([undefined]);
  });
});

describe('A commit with offsets', () => {
  it('commits the one after, for a partition that is not its own too', async () => {
    const other = await createTopic(kafka, uniqueName('other'));
    const consumer = await subscribed();
    await consumer.joined();
    const offsets = [{ topic: other, partition: 0, offset: 41, metadata: 'note' }];
    expect(await consumer.post('offsets', { offsets })).toMatchObject({ status: 200, text: '[]' });

    expect((await consumer.committed(`${other}:0`, `${topic}:0`)).json).toEqual({
      offsets: [{ topic: other, partition: 0, offset: 42, metadata: 'note' }],
    });
  });

  it('says that its metadata is too large', async () => {
    const consumer = await subscribed();
    await consumer.joined();
    const offsets = [{ topic, partition: 0, offset: 0, metadata: 'x'.repeat(5_000) }];

    expect(await consumer.post('offsets', { offsets })).toMatchObject({
      status: 400,
      json: { error_code: 40002, message: 'The metadata field of the offset request was too large.' },
    });
  });

  it('says at once that there is no such topic or partition', async () => {
    const consumer = await subscribed();
    await consumer.joined();
    const started = performance.now();
    for (const place of [
      { topic, partition: 9 },
      { topic: uniqueName('missing'), partition: 0 },
    ]) {
      const answer = await consumer.post('offsets', { offsets: [{ ...place, offset: 0 }] });
      expect(answer).toMatchObject({ status: 404, json: { error_code: 40403 } });
    }

    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('An instance that commits by itself', () => {
  it('commits what was delivered, and no more', async () => {
    await write(proxy, topic, ten);
    const consumer = await subscribed({});
    await consumer.read('max_bytes=3');
    await vi.waitFor(async () => expect(await groups.committed(group, topic)).toEqual([2]), {
      timeout: 10_000,
    });
    await consumer.read('max_bytes=3');
    await consumer.delete();

    expect(await groups.committed(group, topic)).toEqual([4]);
  });

  it('is followed, after it was deleted, by one that goes on where it was', async () => {
    await write(proxy, topic, ten);
    const first = await subscribed({});
    await first.read('max_bytes=3');
    await first.delete();
    const second = await subscribed({});

    expect(brought((await second.read('max_bytes=3')).json)).toEqual(['0@2=2', '0@3=3']);
  });

  it('commits when it unsubscribes', async () => {
    await write(proxy, topic, ten);
    const consumer = await subscribed({});
    await consumer.read('max_bytes=3');
    await consumer.unsubscribe();

    expect(await groups.committed(group, topic)).toEqual([2]);
  });

  it('commits when the proxy ends', async () => {
    await write(proxy, topic, ten);
    const ending = await TestApp.onKafka(kafka);
    const consumer = await RestConsumer.create(ending, group, 'c1');
    await consumer.subscribe(topic);
    const answer = await consumer.read('max_bytes=3');
    expect(answer.json).toHaveLength(2);
    await ending.close();

    expect(await groups.committed(group, topic)).toEqual([2]);
    expect((await groups.describe(group)).state).toBe('Empty');
  });
});

describe('A client that goes away in the middle of an answer', () => {
  it('gets the same records again, and they were not committed', async () => {
    const large = 'x'.repeat(100_000);
    const count = 100;
    for (let batch = 0; batch < count; batch += 5) {
      await write(
        proxy,
        topic,
        Array.from({ length: 5 }, () => large),
      );
    }
    const consumer = await subscribed({ 'auto.commit.enable': false, 'fetch.min.bytes': 9_900_000 });
    await new Promise<void>((resolve, reject) => {
      const socket = connect(proxy.port, '127.0.0.1');
      socket.write(`GET ${consumer.path}/records HTTP/1.1\r\nHost: x\r\nAccept: ${jsonType}\r\n\r\n`);
      socket.once('data', () => socket.destroy());
      socket.once('close', () => resolve());
      socket.once('error', reject);
    });
    await consumer.post('offsets');
    expect(await groups.committed(group, topic)).toEqual([0]);
    const { json } = await consumer.read();
    await consumer.post('offsets');

    expect((json as { offset: number }[]).map(({ offset }) => offset)).toEqual(
      Array.from({ length: count }, (_, offset) => offset),
    );
    expect(await groups.committed(group, topic)).toEqual([count]);
  });
});
