import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { LinkSession } from '../../apps/rest-proxy/src/replicas/link-session.ts';
import { FakeOwner, type FakeAnswer } from '../support/fakes/fake-owner.ts';
import { nothingUnderWay, ReplicaPair } from '../support/replica-pair.ts';
import { jsonType, RestConsumer, v2 } from '../support/rest-consumer.ts';

let pair: ReplicaPair;
const owners: FakeOwner[] = [];
const path = '/consumers/g/instances/i';
const records = { headers: { accept: jsonType } };

beforeAll(async () => {
  pair = await ReplicaPair.start();
});

afterEach(async () => {
  await vi.waitFor(() => expect(pair.underWay(pair.edge)).toEqual(nothingUnderWay));
  await Promise.all(owners.splice(0).map((owner) => owner.close()));
  pair.edgeRouter.outcomes.length = 0;
  pair.edgeRouter.locally.length = 0;
  pair.ownerRouter.refusal = undefined;
});

afterAll(async () => {
  await pair.close();
});

/** From now on requests go to a replica that does this. */
async function ownedBy(answer: FakeAnswer): Promise<FakeOwner> {
  const owner = await FakeOwner.start(answer);
  owners.push(owner);
  pair.edgeRouter.owner = owner.placement;
  return owner;
}

/** A port of which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** What a request has left in a log. */
const linesOf = (logs: readonly unknown[], requestId: string): readonly unknown[] =>
  logs.filter((line) => (line as { requestId?: unknown }).requestId === requestId);

const json = (res: ServerResponse, status: number, body: string, headers: readonly string[] = []): void => {
  const length = String(Buffer.byteLength(body));
  res.writeHead(status, ['Content-Type', jsonType, 'Content-Length', length, ...headers]).end(body);
};

describe('A forwarded request', () => {
  it('is unreachable when nobody listens', async () => {
    pair.edgeRouter.owner = { incarnation: 'x', address: `http://127.0.0.1:${await closedPort()}`, epoch: 1 };

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'unreachable' }]);
  });

  it('is unreachable when something else answers at the address', async () => {
    pair.edgeRouter.owner = { incarnation: 'x', address: pair.edge.url, epoch: 1 };

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'unreachable' }]);
  });

  it('is broken and silent when nothing is heard', async () => {
    const owner = await ownedBy(() => undefined);
    owner.isAlive = false;

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: true }]);
    await vi.waitFor(() => expect(owner.broken).toBe(1));
  });

  it('is broken and silent when a replica takes the connection and does not even open the link', async () => {
    const owner = await FakeOwner.start(() => undefined, true);
    owners.push(owner);
    pair.edgeRouter.owner = owner.placement;

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: true }]);
    expect(owner.links).toHaveLength(1);
  });

  it('may take its time as long as there are signs of life', async () => {
    await ownedBy((res) => void setTimeout(() => json(res, 200, '[]'), 4_500));

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 200, text: '[]' });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it('waits for an owner that has much to say to others, as long as one', async () => {
    const owner = await ownedBy((res, req) => {
      if (req.url?.endsWith('/records') === true) return;
      json(res, 200, '[]');
    });
    owner.isAlive = false;
    const gone = new AbortController();
    let isOver = false;
    const waiting = pair.edge
      .request(`${path}/records`, { ...records, signal: gone.signal })
      .finally(() => (isOver = true));
    const until = performance.now() + 4_000;
    while (performance.now() < until) {
      expect((await pair.edge.request(`${path}/assignments`)).status).toBe(200);
      await new Promise((resolve) => {
        setTimeout(resolve, 250);
      });
    }
    expect(isOver).toBe(false);
    gone.abort();
    await expect(waiting).rejects.toThrow();
  });

  it.each<[string, FakeAnswer]>([
    ['the connection breaks before the answer', (_res, _req, { session }) => session.destroy()],
    ['the answer breaks off before it has begun', (res) => void res.destroy()],
    [
      'the connection breaks in the middle of what is collected',
      (res, _req, { session }) => {
        res.writeHead(200, ['Content-Type', jsonType, 'Content-Length', '200000']);
        res.once('drain', () => session.destroy());
        res.write(Buffer.alloc(200_000));
      },
    ],
    [
      'the answer breaks off in the middle of what is collected',
      (res) => {
        res.writeHead(200, ['Content-Type', jsonType, 'Content-Length', '200000']);
        res.once('drain', () => res.destroy());
        res.write(Buffer.alloc(200_000));
      },
    ],
  ])('is broken, not silent, when %s', async (_when, answer) => {
    const owner = await ownedBy(answer);

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: false }]);
    expect(owner.broken).toBe(1);
  });

  it.each<[string, (res: ServerResponse, session: LinkSession) => void]>([
    ['connection', (_res, session) => session.destroy()],
    ['answer', (res) => res.destroy()],
  ])('breaks the answer to the client when the %s breaks after much of it', async (_what, end) => {
    const owner = await ownedBy((res, _req, { session }) => {
      res.writeHead(200, ['Content-Type', jsonType]);
      res.once('drain', () => end(res, session));
      res.write(Buffer.alloc(1_000_000));
    });
    owner.head = { delivery: 'd1', records: 1 };

    await expect(pair.edge.request(`${path}/records`, records)).rejects.toThrow();
    await vi.waitFor(() => expect(owner.reports).toEqual(['d1/abandon']));
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it.each([
    [
      '{"incarnation":"b-1","address":"http://10.0.0.2:8083","epoch":9}',
      { incarnation: 'b-1', address: 'http://10.0.0.2:8083', epoch: 9 },
    ],
    ['', undefined],
    ['{"incarnation":1}', undefined],
    ['nonsense', undefined],
  ])('is told that the owner is another one: %s', async (body, holder) => {
    await ownedBy((_res, _req, { answer }) => answer.elsewhere(body));

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({
      status: holder === undefined ? 404 : 503,
    });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'not-owner', holder }]);
  });

  it('is tried again when the owner shuts down, and not when it is overloaded', async () => {
    const body = '{"error_code":503,"message":"busy"}';
    const ending = await ownedBy((res) => json(res, 503, body));
    ending.head = { isDraining: true };
    await pair.edge.request(`${path}/records`, records);
    await ownedBy((res) => json(res, 503, body, ['Retry-After', '4']));
    const answer = await pair.edge.request(`${path}/records`, records);

    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: false }, { outcome: 'done' }]);
    expect(answer).toMatchObject({ status: 503, text: body });
    expect(answer.headers.get('retry-after')).toBe('4');
  });

  it('ends when the client goes away', async () => {
    const owner = await ownedBy(() => undefined);
    const gone = new AbortController();
    const answer = pair.edge.request(`${path}/records`, { ...records, signal: gone.signal });
    await vi.waitFor(() => expect(owner.heads).toHaveLength(1));
    gone.abort();

    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(owner.broken).toBe(1));
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it('is refused by a real owner that does not hold the instance', async () => {
    const holder = { incarnation: 'c-1', address: 'http://10.0.0.3:8083', epoch: 12 };
    pair.ownerRouter.refusal = { holder };
    pair.edgeRouter.owner = { incarnation: 'o', address: pair.owner.internalUrl, epoch: 1 };
    const headers = { ...records.headers, 'x-request-id': 'misdirected' };
    await pair.edge.request(`${path}/records`, { headers });
    await vi.waitFor(() => expect(linesOf(pair.owner.logs, 'misdirected')).toMatchObject([{ status: 421 }]));
    pair.ownerRouter.refusal = { holder: undefined };
    await pair.edge.request(`${path}/records`, records);

    expect(pair.edgeRouter.outcomes).toEqual([
      { outcome: 'not-owner', holder },
      { outcome: 'not-owner', holder: undefined },
    ]);
  });

  it.each([
    [restErrors.overloaded('nobody knows', { retryAfterSeconds: 2 }), 503, '2'],
    [new Error('a fault'), 500, null],
  ])('has the answer of an owner that cannot find the instance: %s', async (failure, status, retryAfter) => {
    pair.edgeRouter.owner = { incarnation: 'o', address: pair.owner.internalUrl, epoch: 1 };
    pair.ownerRouter.failure = failure;
    const answer = await pair.edge.request(`${path}/records`, records);
    pair.ownerRouter.failure = undefined;

    expect(answer).toMatchObject({ status, json: { error_code: status } });
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it('carries the body and the headers of the client, and nothing of its connection', async () => {
    const owner = await ownedBy((res) => res.writeHead(204, []).end());
    owner.head = { endpoint: 'e', delivery: 'd', records: 5, isDraining: true };
    const body = '{"topics":["ä"]}';
    const bytes = Buffer.byteLength(body);
    const answer = await pair.edge.raw(
      `POST ${path}/subscription?a=%20b HTTP/1.1\r\nHost: proxy.example.com\r\nContent-Type: ${v2}\r\n` +
        'X-Krest-Secret: mine\r\nX-Own: kept\r\nX-Request-Id: r1\r\n' +
        'Connection: close, x-hop\r\nX-Hop: dropped\r\nTE: trailers\r\nAccept-Encoding: gzip\r\n' +
        `Expect: 100-continue\r\nContent-Length: ${bytes}\r\n\r\n${body}`,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 204 No Content\r\n/);
    expect(answer).not.toMatch(/krest|the secret/i);
    expect(owner.bodies).toEqual([body]);
    expect(owner.heads).toEqual([
      {
        method: 'POST',
        target: `${path}/subscription?a=%20b`,
        requestId: 'r1',
        epoch: 3,
        headers: {
          host: 'proxy.example.com',
          'content-type': v2,
          // It means nothing there: what proves a replica is said when the link is opened.
          'x-krest-secret': 'mine',
          'x-own': 'kept',
        },
      },
    ]);
    expect(owner.links).toMatchObject([{ 'x-krest-secret': 'the secret of the replicas' }]);
  });

  it('shares one link with all others to the same replica', async () => {
    const owner = await ownedBy((res) => json(res, 200, '[]'));
    const answers = Array.from({ length: 50 }, () => pair.edge.request(`${path}/records`, records));

    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 200 });
    expect(owner.links).toHaveLength(1);
    expect(owner.openLinks).toBe(1);
  });

  it('does not have another one broken when it breaks off itself', async () => {
    const owner = await ownedBy((res, req) => {
      if (req.url?.endsWith('/records') === true) res.destroy();
      else setTimeout(() => json(res, 200, '[]'), 100);
    });
    const [broken, whole] = await Promise.all([
      pair.edge.request(`${path}/records`, records),
      pair.edge.request(`${path}/assignments`),
    ]);

    expect(broken).toMatchObject({ status: 503 });
    expect(whole).toMatchObject({ status: 200, text: '[]' });
    expect(owner.links).toHaveLength(1);
  });

  it('leaves one line in the log of each replica', async () => {
    pair.edgeRouter.owner = { incarnation: 'o', address: pair.owner.internalUrl, epoch: 1 };
    const headers = { ...records.headers, 'x-request-id': 'logged' };
    await RestConsumer.create(pair.owner, 'g', 'i');
    await pair.edge.request(`${path}/records`, { headers });
    const common = { path: `${path}/records`, status: 409, errorCode: 40903 };

    await vi.waitFor(() => expect(linesOf(pair.owner.logs, 'logged')).toHaveLength(1));
    expect(linesOf(pair.owner.logs, 'logged')).toMatchObject([{ ...common, forwarded: true }]);
    expect(linesOf(pair.edge.logs, 'logged')).toMatchObject([{ ...common, owner: pair.owner.internalUrl }]);
  });
});

describe('A request of an instance that has moved', () => {
  it('is sent on with the body that it came with', async () => {
    const owner = await ownedBy((res) => res.writeHead(204, []).end());
    pair.edgeRouter.owner = undefined;
    pair.edgeRouter.movedTo = owner.placement;
    const find = vi.spyOn(pair.edge.proxy.app.get(ConsumerInstances, { strict: false }), 'find');
    find.mockImplementation(() => {
      throw new ConsumerInstanceMovedError();
    });
    const body = '{"topics":["t"]}';
    const answer = await pair.edge.request(`${path}/subscription`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      body: Buffer.from(body),
    });
    find.mockRestore();

    expect(pair.edgeRouter.locally).toEqual(['moved']);
    expect(owner.bodies).toEqual([body]);
    expect(answer.status).toBe(204);
  });
});

describe('A body that does not come', () => {
  it('costs nothing on the owner', async () => {
    const owner = await ownedBy((res) => res.writeHead(204, []).end());
    const socket = connect(pair.edge.port, '127.0.0.1');
    socket.write(
      `POST ${path}/subscription HTTP/1.1\r\nHost: p\r\nContent-Type: ${v2}\r\nContent-Length: 9\r\n\r\n{`,
    );
    await vi.waitFor(() => expect(pair.underWay(pair.edge).requests).toBe(1));
    socket.destroy();
    await once(socket, 'close');
    await vi.waitFor(() => expect(pair.underWay(pair.edge)).toEqual(nothingUnderWay));

    expect(owner.heads).toEqual([]);
  });
});

describe('The consumer instance of a name', () => {
  it('is not looked for when no endpoint takes the request', async () => {
    const owner = await ownedBy((res) => json(res, 200, '[]'));
    const consumer = new RestConsumer(pair.edge, 'g', 'i');

    expect(await pair.edge.request(`${consumer.path}/nonsense`)).toMatchObject({ status: 404 });
    expect(await pair.edge.request(`${consumer.path}/records`, { method: 'PUT' })).toMatchObject({
      status: 405,
    });
    expect(owner.heads).toEqual([]);
  });
});
