import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { frameKind } from '../../apps/rest-proxy/src/replicas/frames.ts';
import { answerHeadOf } from '../../apps/rest-proxy/src/replicas/hop-heads.ts';
import { FakeEdge } from '../support/fakes/fake-edge.ts';
import { FramePeer } from '../support/fakes/frame-peer.ts';
import { nothingUnderWay, ReplicaPair, replicaSettings } from '../support/replica-pair.ts';
import { jsonType, RestConsumer } from '../support/rest-consumer.ts';
import { uniqueName } from '../support/unique-name.ts';

const secret = replicaSettings['internal.secret'];
const upgrade = 'Connection: Upgrade\r\nUpgrade: krest-link-1\r\n';
let pair: ReplicaPair;
const peers: FramePeer[] = [];

beforeAll(async () => {
  pair = await ReplicaPair.start();
});

afterEach(async () => {
  for (const { socket } of peers.splice(0)) socket.destroy();
  await vi.waitFor(() => expect(pair.underWay(pair.owner)).toEqual(nothingUnderWay));
});

afterAll(async () => {
  await pair.close();
});

/** All that the internal listener says until it ends the connection. */
function said(head: string, rest = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(pair.owner.internalUrl);
    let text = '';
    const socket = connect(Number(port), hostname, () =>
      socket.write(`${head}\r\nHost: x\r\n${rest === '' ? '\r\n' : rest}`),
    );
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

/** A consumer with so many records of 100 kB, on the replica with the instance. */
async function consumerWith(count: number): Promise<RestConsumer> {
  const [topic, group] = [uniqueName('t'), uniqueName('g')];
  pair.owner.kafka.cluster.createTopic(topic);
  const consumer = await RestConsumer.create(pair.owner, group, 'c1', { 'fetch.min.bytes': -1 });
  await consumer.subscribe(topic);
  const value = JSON.stringify('x'.repeat(100_000));
  for (let n = 0; n < count; n++) pair.owner.kafka.cluster.write(topic, value);
  return consumer;
}

const records = ({ path }: RestConsumer): { target: string; headers: { accept: string } } => ({
  target: `${path}/records?timeout=300`,
  headers: { accept: jsonType },
});

describe('GET /replica/link', () => {
  it.each(['', 'X-Krest-Secret: \r\n', 'X-Krest-Secret: wrong\r\n', 'Content-Length: 5\r\n'])(
    'is refused without the secret, and the connection ends: %j',
    async (header) => {
      const answer = await said('GET /replica/link HTTP/1.1', `${upgrade}${header}\r\nhello`);

      expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      expect(answer).toContain('\r\nConnection: close\r\n');
      expect(answer).toMatch(/\{"error_code":403,"message":"[^"]+"\}$/);
    },
  );

  it('is refused when another protocol is asked for, and the connection ends', async () => {
    const other = `Connection: Upgrade\r\nUpgrade: krest-link-9\r\nX-Krest-Secret: ${secret}\r\n\r\n`;

    expect(await said('GET /replica/link HTTP/1.1', other)).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  });

  it.each(['/health/live', '/nonsense', '/replica/link/', '/replica/link?a=b'])(
    'is the only path where a connection can be taken over: %s',
    async (path) => {
      const h2c =
        'Connection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
      const plain = await said(`GET ${path} HTTP/1.1`, 'Connection: close\r\n\r\n');
      const answer = await said(`GET ${path} HTTP/1.1`, `${h2c}\r\n`);
      const withoutDate = (text: string): string => text.replace(/Date: .*\r\n/, '');

      expect(withoutDate(answer)).toBe(withoutDate(plain));
      expect(answer).not.toContain(' 101 ');
    },
  );

  it('is not there for clients', async () => {
    const answer = await pair.owner.raw(
      `GET /replica/link HTTP/1.1\r\nHost: x\r\nX-Krest-Secret: ${secret}\r\n${upgrade.replace('Upgrade', 'close, Upgrade')}\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  const message = (text: string, length = text.length): Buffer => {
    const bytes = Buffer.from(`\0\0\0\0${text}`, 'latin1');
    bytes.writeUInt32BE(length);
    return bytes;
  };
  it.each<[string, number, Buffer]>([
    ['a request that is too short', frameKind.request, Buffer.from('ab')],
    ['a request with a longer head than there is', frameKind.request, message('GET', 1_000)],
    ['a request without a head', frameKind.request, message('')],
    [
      'a request whose epoch is no number',
      frameKind.request,
      message('GET\0/consumers/g/instances/i/records\0r\0x'),
    ],
    ['a request of no consumer instance', frameKind.request, message('GET\0/topics\0r\x007')],
    ['a request of no path at all', frameKind.request, message('\0\0\x000')],
  ])('ends a link on which comes %s, and no other', async (_what, kind, payload) => {
    const consumer = await consumerWith(0);
    const edge = new FakeEdge(pair.owner.internalUrl, secret);
    const waiting = edge.send({ ...records(consumer), target: `${consumer.path}/records?timeout=500` });
    const rogue = await FramePeer.open(pair.owner.internalUrl, secret);
    rogue.out.data(kind, 1, payload);
    await rogue.closed;

    expect(await waiting.end).toBe('answered');
    expect(waiting).toMatchObject({ body: '[]', head: { status: 200 } });
    await edge.close();
  });

  it('ends a link with a frame that is too long as soon as its head is there', async () => {
    const rogue = await FramePeer.open(pair.owner.internalUrl, secret);
    rogue.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff, frameKind.request, 0, 0, 0, 1]));

    await rogue.closed;
    expect(await pair.owner.request('/health/live')).toMatchObject({ status: 200 });
  });

  it.each([
    ['of kinds that nobody knows', [0, 9, 15, 16, 20, 99, 255]],
    [
      'about answers that are not there',
      [frameKind.cancel, frameKind.taken, frameKind.still, frameKind.gone],
    ],
    ['about deliveries that are not there', [frameKind.confirm, frameKind.abandon, frameKind.hold]],
  ])('goes on after frames %s', async (_what, kinds) => {
    const consumer = await consumerWith(0);
    const peer = await FramePeer.open(pair.owner.internalUrl, secret);
    for (const kind of kinds) {
      peer.out.signal(kind, 7);
      peer.out.data(kind, 0xff_ff_ff_ff, Buffer.from('nonsense'));
    }
    peer.request(1, { ...records(consumer), target: `${consumer.path}/records?timeout=1` });
    await vi.waitFor(() => expect(peer.kindsOf(1)).toEqual(['answer']));

    expect(peer.bodyOf(1).toString()).toBe('[]');
    peer.socket.destroy();
    await peer.closed;
  });

  it('survives noise', async () => {
    let seed = 42;
    const noise = Buffer.from(
      Array.from({ length: 200_000 }, () => (seed = (seed * 75 + 74) % 65_537) & 0xff),
    );
    for (let at = 0; at < noise.length; at += 20_000) {
      const rogue = await FramePeer.open(pair.owner.internalUrl, secret);
      // The first payload is short enough to be taken for one.
      rogue.socket.end(Buffer.concat([Buffer.from([0, 0, 0]), noise.subarray(at, at + 20_000)]));
      await rogue.closed;
    }

    expect(await pair.owner.request('/health/live')).toMatchObject({ status: 200 });
  });

  it('may end in the middle of a frame', async () => {
    const peer = await FramePeer.open(pair.owner.internalUrl, secret);
    peer.socket.end(Buffer.from([0, 0, 0, 50, frameKind.request, 0]));

    await peer.closed;
  });

  it('gives up what it was working on when the link ends', async () => {
    const consumer = await consumerWith(0);
    const peer = await FramePeer.open(pair.owner.internalUrl, secret);
    for (let n = 1; n <= 20; n++) {
      peer.request(n, { ...records(consumer), target: `${consumer.path}/assignments` });
      peer.request(n + 20, { ...records(consumer), target: `${consumer.path}/records?timeout=20000` });
    }
    await vi.waitFor(() => expect(peer.of('answer').length).toBeGreaterThanOrEqual(20));
    expect(pair.underWay(pair.owner).waiting).toBeGreaterThan(0);
    peer.socket.destroy();

    await vi.waitFor(() => expect(pair.underWay(pair.owner)).toEqual(nothingUnderWay));
    expect((await consumer.read('timeout=1')).status).toBe(200);
  });

  it('tells that it is at work, while there is nothing else to tell', async () => {
    const peer = await FramePeer.open(pair.owner.internalUrl, secret);

    await vi.waitFor(() => expect(peer.of('alive').length).toBeGreaterThan(1), { timeout: 5_000 });
    peer.socket.destroy();
    await peer.closed;
  });
});

describe('A large answer', () => {
  it('waits for a client that does not take it, and holds up nobody else on the link', async () => {
    const large = await consumerWith(40);
    const small = await consumerWith(1);
    const peer = await FramePeer.open(pair.owner.internalUrl, secret);
    peers.push(peer);
    peer.request(1, records(large));
    await vi.waitFor(() => expect(peer.bodyOf(1).length).toBe(524_288), { timeout: 5_000 });
    peer.request(2, records(small));
    await vi.waitFor(() => expect(peer.kindsOf(2)).toEqual(['answer']));

    expect(JSON.parse(peer.bodyOf(2).toString())).toHaveLength(1);
    expect(peer.bodyOf(1).length).toBe(524_288);
    let taken = 0;
    await vi.waitFor(
      () => {
        const bytes = peer.bodyOf(1).length;
        if (bytes > taken) peer.out.number(frameKind.taken, 1, bytes - taken);
        taken = bytes;
        expect(peer.kindsOf(1).at(-1)).toBe('end');
      },
      { timeout: 20_000, interval: 1 },
    );
    expect(JSON.parse(peer.bodyOf(1).toString())).toHaveLength(40);
  });
});

describe('The end of a replica', () => {
  it('ends links at once on which nobody waits', async () => {
    const ending = await ReplicaPair.start();
    const peer = await FramePeer.open(ending.owner.internalUrl, secret);
    const started = performance.now();
    await ending.close();

    await peer.closed;
    expect(performance.now() - started).toBeLessThan(900);
  });

  it('ends the others when their answers are over', async () => {
    const ending = await ReplicaPair.start();
    const consumer = await RestConsumer.create(ending.owner, 'g', 'i');
    await consumer.subscribe('t');
    const peer = await FramePeer.open(ending.owner.internalUrl, secret);
    peer.request(1, { ...records(consumer), target: `${consumer.path}/records?timeout=20000` });
    await vi.waitFor(() => expect(ending.underWay(ending.owner).waiting).toBe(1));
    const started = performance.now();
    await ending.close();
    await peer.closed;

    expect(performance.now() - started).toBeLessThan(3_000);
    const [frame] = peer.of('answer');
    expect(answerHeadOf(frame?.payload.toString('latin1', 4) ?? '')).toMatchObject({ isDraining: true });
  });
});
