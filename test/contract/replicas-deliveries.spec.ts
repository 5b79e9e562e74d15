import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEdge } from '../support/fakes/fake-edge.ts';
import { FakeOwner } from '../support/fakes/fake-owner.ts';
import { nothingUnderWay, ReplicaPair, replicaSettings } from '../support/replica-pair.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

let pair: ReplicaPair;
let other: FakeEdge;
let topic: string;
let consumer: RestConsumer;
const value = JSON.stringify('x'.repeat(100_000));

beforeAll(async () => {
  pair = await ReplicaPair.start();
  other = new FakeEdge(pair.owner.internalUrl, replicaSettings['internal.secret']);
});

beforeEach(async () => {
  topic = uniqueName('t');
  const group = uniqueName('g');
  pair.owner.kafka.cluster.createTopic(topic);
  await RestConsumer.create(pair.owner, group, 'c1', {
    'auto.commit.enable': false,
    'consumer.request.timeout.ms': 10_000,
  });
  consumer = new RestConsumer(pair.edge, group, 'c1');
  await consumer.subscribe(topic);
});

afterEach(async () => {
  pair.edgeRouter.owner = { incarnation: 'o', address: pair.owner.internalUrl, epoch: 7 };
  await consumer.delete();
  for (const app of [pair.edge, pair.owner]) {
    await vi.waitFor(() => expect(pair.underWay(app)).toEqual(nothingUnderWay));
  }
});

afterAll(async () => {
  await other.close();
  await pair.close();
});

function write(count: number): void {
  for (let n = 0; n < count; n++) pair.owner.kafka.cluster.write(topic, value);
}

/** The next offset that is committed; -1 for none. */
async function committed(): Promise<number> {
  const { json } = await consumer.committed(`${topic}:0`);
  return (json as { offsets: { offset: number }[] }).offsets[0]?.offset ?? -1;
}

/** Has the records handed to another replica. @returns the id of the delivery */
async function handedOver(): Promise<string> {
  const call = other.send({ target: `${consumer.path}/records`, headers: { accept: jsonType } });
  expect(await call.end).toBe('answered');
  expect(call.head).toMatchObject({ status: 200, records: 1 });
  return call.head?.delivery ?? '';
}

function reader(): Socket {
  const socket = connect(pair.edge.port, '127.0.0.1');
  socket.write(`GET ${consumer.path}/records HTTP/1.1\r\nHost: x\r\nAccept: ${jsonType}\r\n\r\n`);
  return socket;
}

describe('Records that go to the client through another replica', () => {
  it('are confirmed when the client has them', async () => {
    write(1);
    for (let offset = 0; offset < 20; offset++) {
      if (offset > 0) pair.owner.kafka.cluster.write(topic, '1');
      expect((await consumer.read()).json).toMatchObject([{ offset }]);
      await consumer.post('offsets');
      expect(await committed()).toBe(offset + 1);
    }
  });

  it('are not confirmed by having been handed to the other replica', async () => {
    write(1);
    const id = await handedOver();
    expect(id).not.toBe('');
    await consumer.post('offsets');

    expect(await committed()).toBeLessThanOrEqual(0);
    await other.report({ what: 'confirm', id, mayAsk: false });
    await consumer.post('offsets');
    expect(await committed()).toBe(1);
  });

  it('are delivered again when nothing is said of them', async () => {
    write(1);
    const id = await handedOver();
    await other.report({ what: 'hold', id, ms: 1 });

    expect((await consumer.read()).json).toMatchObject([{ offset: 0 }]);
  });

  it('are delivered again when a confirmation is taken back', async () => {
    write(1);
    const id = await handedOver();
    await other.report({ what: 'confirm', id, mayAsk: false });
    await other.report({ what: 'abandon', id });

    expect((await consumer.read()).json).toMatchObject([{ offset: 0 }]);
  });

  it('are given back at once when the connection between the replicas breaks', async () => {
    write(300);
    const breaking = new FakeEdge(pair.owner.internalUrl, replicaSettings['internal.secret']);
    const headers = { accept: jsonType };
    const call = breaking.send({ target: `${consumer.path}/records`, headers }, '', false);
    await vi.waitUntil(() => call.bytes > 0);
    await breaking.close();
    expect(await call.end).toBe('broken');
    const started = performance.now();

    expect((await consumer.read('max_bytes=1')).json).toMatchObject([{ offset: 0 }]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  /** The first fits what is collected, the second the buffers of the connections, the third nothing. */
  it.each([[2], [5], [300]])(
    'are delivered again when the client hangs up in the middle of %i times 100 kB',
    async (many) => {
      write(many);
      const socket = reader();
      socket.once('data', () => socket.destroy());
      await once(socket, 'close');
      await vi.waitFor(() => expect(pair.underWay(pair.edge)).toEqual(nothingUnderWay));
      await consumer.post('offsets');
      expect(await committed()).toBeLessThanOrEqual(0);

      expect((await consumer.read()).json).toHaveLength(many);
      await consumer.post('offsets');
      expect(await committed()).toBe(many);
    },
  );

  it('are not committed while they are being read, however slowly', async () => {
    write(300);
    const socket = reader().pause();
    await once(socket, 'readable');
    socket.read(1);
    await vi.waitFor(() => expect(pair.underWay(pair.edge).sentOn).toBe(1));
    await consumer.post('offsets');
    expect(await committed()).toBeLessThanOrEqual(0);
    // The edge does not fetch what it cannot pass on.
    expect(pair.underWay(pair.owner).bytes).toBeGreaterThan(0);
    socket.destroy();

    expect((await consumer.read()).json).toHaveLength(300);
  });

  it('may be long in coming', async () => {
    const answer = consumer.read('timeout=4000');
    await vi.waitFor(() => expect(pair.underWay(pair.owner).waiting).toBe(1));

    expect(await answer).toMatchObject({ status: 200, text: '[]' });
  }, 10_000);

  it('come whole to a client that reads slowly', async () => {
    write(150);
    const socket = reader();
    let received = 0;
    let end = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      end = (end + chunk.toString('latin1')).slice(-20);
      socket.pause();
      setTimeout(() => socket.resume(), 2);
    });
    await vi.waitFor(() => expect(end).toMatch(/\]\r\n0\r\n\r\n$/), { timeout: 20_000 });
    socket.destroy();
    expect(received).toBeGreaterThan(15_000_000);
    await consumer.post('offsets');

    expect(await committed()).toBe(150);
  }, 30_000);
});

describe('What the replica with the connection reports', () => {
  const head = { endpoint: 'e', delivery: 'a-1', records: 9 };
  const isJson = ['Content-Type', jsonType];

  it('is a confirmation, once, and nothing else', async () => {
    const owner = await FakeOwner.start((res) => res.writeHead(200, isJson).end('[1]'));
    owner.head = head;
    pair.edgeRouter.owner = owner.placement;
    const answer = await consumer.read();
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/confirm']));
    await vi.waitFor(() => expect(pair.underWay(pair.edge)).toEqual(nothingUnderWay));
    await owner.close();

    expect(owner.reports).toEqual(['a-1/confirm']);
    expect(answer.text).toBe('[1]');
    expect([...answer.headers.keys()].filter((name) => name.includes('krest'))).toEqual([]);
    await vi.waitFor(() =>
      expect(pair.edge.logs.at(-1)).toMatchObject({ endpoint: 'e', records: 9, owner: owner.address }),
    );
  });

  it('is that the client did not get it', async () => {
    const owner = await FakeOwner.start((res) => res.writeHead(200, isJson).end(Buffer.alloc(30_000_000)));
    owner.head = head;
    pair.edgeRouter.owner = owner.placement;
    const socket = reader().pause();
    await once(socket, 'readable');
    socket.destroy();
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/abandon']));
    await owner.close();
  });

  it('is that the client did not get it, also when it has gone before the answer came', async () => {
    const owner = await FakeOwner.start((res) => {
      socket.once('close', () => res.writeHead(200, isJson).end('[1]'));
      socket.destroy();
    });
    owner.head = head;
    pair.edgeRouter.owner = owner.placement;
    const socket = reader();
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/abandon']));
    await owner.close();
  });

  it('is that it takes longer, while a slow client reads; of an answer that is so large it may be asked', async () => {
    const owner = await FakeOwner.start((res) => {
      res.writeHead(200, ['Content-Type', 'text/plain']);
      let pieces = 0;
      const timer = setInterval(() => {
        res.write(Buffer.alloc(300_000));
        if (++pieces < 8) return;
        clearInterval(timer);
        res.end();
      }, 300);
    });
    owner.head = head;
    pair.edgeRouter.owner = owner.placement;
    const answer = await pair.edge.request(`${consumer.path}/records`, { headers: { accept: 'a/b' } });
    await vi.waitFor(() => expect(owner.reports.at(-1)).toBe('a-1/confirm?ask'));
    expect(await owner.questions.get('a-1')?.()).toBe(true);
    await owner.close();

    expect(answer.text).toHaveLength(2_400_000);
    expect(new Set(owner.reports.slice(0, -1))).toEqual(new Set(['a-1/hold?ms=5000']));
  });

  it('is that nobody needs to ask any more when the client sends another request', async () => {
    const owner = await FakeOwner.start((res) => res.writeHead(200, isJson).end(Buffer.alloc(100_000)));
    owner.head = head;
    pair.edgeRouter.owner = owner.placement;
    const socket = reader().resume();
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/confirm?ask']));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/confirm?ask', 'a-1/confirm']));
    socket.destroy();
    await owner.close();
  });

  it('is, when asked, that the client has gone meanwhile', async () => {
    const owner = await FakeOwner.start((res) => res.writeHead(200, isJson).end(Buffer.alloc(100_000)));
    owner.head = head;
    pair.edgeRouter.owner = owner.placement;
    const socket = reader().pause();
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/confirm?ask']));
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/confirm?ask', 'a-1/abandon']));
    expect(await owner.questions.get('a-1')?.()).toBe(false);
    await owner.close();
  });

  it('is nothing when there is no room for the answer: it is given back', async () => {
    const small = await ReplicaPair.start({ 'max.inflight.bytes': '250000' });
    const owner = await FakeOwner.start((res) => res.writeHead(200, isJson).end(Buffer.alloc(300_000)));
    owner.head = head;
    small.edgeRouter.owner = owner.placement;
    const answer = await small.edge.request(`${consumer.path}/records`);
    await vi.waitFor(() => expect(owner.reports).toEqual(['a-1/abandon']));
    await vi.waitFor(() => expect(small.underWay(small.edge)).toEqual(nothingUnderWay));
    await small.close();
    await owner.close();

    expect(answer).toMatchObject({ status: 503, json: { error_code: 503 } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('content-type')).toBe(jsonType);
  });
});
