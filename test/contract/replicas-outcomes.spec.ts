import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { FakeOwner } from '../support/fakes/fake-owner.ts';
import { nothingUnderWay, ReplicaPair } from '../support/replica-pair.ts';
import { jsonType, RestConsumer, v2 } from '../support/rest-consumer.ts';

let pair: ReplicaPair;
const owners: FakeOwner[] = [];
const path = '/consumers/g/instances/i';
const records = { headers: { accept: jsonType } };
const ours = { 'X-Krest-Endpoint': 'api.v2.consumers.records' };

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
async function ownedBy(answer: Parameters<typeof FakeOwner.start>[0]): Promise<FakeOwner> {
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

const json = (
  res: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void => {
  const all = { ...ours, 'Content-Type': jsonType, 'Content-Length': Buffer.byteLength(body), ...headers };
  res.writeHead(status, all).end(body);
};

describe('A forwarded request', () => {
  it('is unreachable when nobody listens', async () => {
    pair.edgeRouter.owner = { incarnation: 'x', address: `http://127.0.0.1:${await closedPort()}`, epoch: 1 };

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'unreachable' }]);
  });

  it('is unreachable when something else answers at the address', async () => {
    await ownedBy((res) => json(res, 200, '[]', { 'X-Krest-Endpoint': '' }));
    pair.edgeRouter.owner = { incarnation: 'x', address: pair.edge.url, epoch: 1 };

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'unreachable' }]);
  });

  it('is broken and silent when nothing is heard', async () => {
    const owner = await ownedBy(() => undefined);

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: true }]);
    await vi.waitFor(() => expect(owner.broken).toBe(1));
  });

  it('may take its time as long as there are signs of life', async () => {
    await ownedBy((res) => {
      let signs = 0;
      const timer = setInterval(() => {
        if (++signs < 9) return res.writeProcessing();
        clearInterval(timer);
        json(res, 200, '[]');
      }, 500);
    });

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 200, text: '[]' });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it.each([
    ['before the answer', (res: ServerResponse) => void res.destroy()],
    [
      'in the middle of what is collected',
      (res: ServerResponse) => {
        res.writeHead(200, { ...ours, 'Content-Type': jsonType, 'Content-Length': 200_000 });
        res.write(Buffer.alloc(100_000), () => res.destroy());
      },
    ],
  ])('is broken, not silent, when the connection breaks %s', async (_when, answer) => {
    await ownedBy(answer);

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({ status: 503 });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: false }]);
  });

  it('breaks the answer to the client when the connection breaks after much of it', async () => {
    const owner = await ownedBy((res) => {
      res.writeHead(200, { ...ours, 'Content-Type': jsonType, 'X-Krest-Delivery': 'd1' });
      res.write(Buffer.alloc(1_000_000), () => res.destroy());
    });

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
    await ownedBy((res) => json(res, 421, body));

    expect(await pair.edge.request(`${path}/records`, records)).toMatchObject({
      status: holder === undefined ? 404 : 503,
    });
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'not-owner', holder }]);
  });

  it('is tried again when the owner shuts down, and not when it is overloaded', async () => {
    const body = '{"error_code":503,"message":"busy"}';
    await ownedBy((res) => json(res, 503, body, { 'X-Krest-Draining': 'true' }));
    await pair.edge.request(`${path}/records`, records);
    await ownedBy((res) => json(res, 503, body, { 'Retry-After': '4' }));
    const answer = await pair.edge.request(`${path}/records`, records);

    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'broken', silent: false }, { outcome: 'done' }]);
    expect(answer).toMatchObject({ status: 503, text: body });
    expect(answer.headers.get('retry-after')).toBe('4');
  });

  it('ends when the client goes away', async () => {
    const owner = await ownedBy(() => undefined);
    const gone = new AbortController();
    const answer = pair.edge.request(`${path}/records`, { ...records, signal: gone.signal });
    await vi.waitFor(() => expect(owner.requests).toHaveLength(1));
    gone.abort();

    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(owner.broken).toBe(1));
    expect(pair.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it('is refused by a real owner that does not hold the instance', async () => {
    const holder = { incarnation: 'c-1', address: 'http://10.0.0.3:8083', epoch: 12 };
    pair.ownerRouter.refusal = { holder };
    pair.edgeRouter.owner = { incarnation: 'o', address: pair.owner.internalUrl, epoch: 1 };
    await pair.edge.request(`${path}/records`, records);
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

  it('may have as large a head as the operator allows', async () => {
    const wide = await ReplicaPair.start({ 'max.request.header.size': '60000' });
    const headers = { ...records.headers, 'x-large': 'x'.repeat(50_000) };
    const { path: real } = await RestConsumer.create(wide.owner, 'g', 'i');
    const answer = await wide.edge.request(`${real}/records`, { headers });
    await wide.close();

    expect(answer).toMatchObject({ status: 409, json: { error_code: 40903 } });
    expect(wide.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });

  it('carries the body and the headers of the client, and none of ours', async () => {
    const owner = await ownedBy((res) => res.writeHead(204, ours).end());
    const body = '{"topics":["ä"]}';
    const bytes = Buffer.byteLength(body);
    const answer = await pair.edge.raw(
      `POST ${path}/subscription?a=%20b HTTP/1.1\r\nHost: proxy.example.com\r\nContent-Type: ${v2}\r\n` +
        'X-Krest-Secret: mine\r\nx-krest-epoch: 99\r\nX-KREST-Other: 1\r\nX-Own: kept\r\nX-Request-Id: r1\r\n' +
        'Connection: close, x-hop\r\nX-Hop: dropped\r\nTE: trailers\r\nAccept-Encoding: gzip\r\n' +
        `Expect: 100-continue\r\nContent-Length: ${bytes}\r\n\r\n${body}`,
    );
    const [request] = owner.requests;

    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 204 No Content\r\n/);
    expect(answer).not.toMatch(/krest/i);
    expect(owner.bodies).toEqual([body]);
    expect(request?.url).toBe(`/replica/forward${path}/subscription?a=%20b`);
    expect(request?.headers).toEqual({
      host: 'proxy.example.com',
      connection: 'keep-alive',
      'content-type': v2,
      'content-length': String(bytes),
      'x-own': 'kept',
      'x-request-id': 'r1',
      'x-krest-secret': 'the secret of the replicas',
      'x-krest-epoch': '3',
    });
  });

  it('leaves one line in the log of each replica', async () => {
    pair.edgeRouter.owner = { incarnation: 'o', address: pair.owner.internalUrl, epoch: 1 };
    const headers = { ...records.headers, 'x-request-id': 'logged' };
    await RestConsumer.create(pair.owner, 'g', 'i');
    await pair.edge.request(`${path}/records`, { headers });
    const lines = (logs: readonly unknown[]): readonly unknown[] =>
      logs.filter((line) => (line as { requestId?: unknown }).requestId === 'logged');
    const common = { path: `${path}/records`, status: 409, errorCode: 40903 };

    await vi.waitFor(() => expect(lines(pair.owner.logs)).toHaveLength(1));
    expect(lines(pair.owner.logs)).toMatchObject([{ ...common, forwarded: true }]);
    expect(lines(pair.edge.logs)).toMatchObject([{ ...common, owner: pair.owner.internalUrl }]);
  });
});

describe('A request of an instance that has moved', () => {
  it('is sent on with the body that it came with', async () => {
    const owner = await ownedBy((res) => res.writeHead(204, ours).end());
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

describe('request.timeout.ms', () => {
  it('holds for what is sent on', async () => {
    const limited = await ReplicaPair.start({ 'request.timeout.ms': '100' });
    const owner = await FakeOwner.start(() => undefined);
    limited.edgeRouter.owner = owner.placement;
    const answer = await limited.edge.request(`${path}/records`, records);
    await vi.waitFor(() => expect(owner.broken).toBe(1));
    await vi.waitFor(() => expect(limited.underWay(limited.edge)).toEqual(nothingUnderWay));
    await limited.close();
    await owner.close();

    expect(answer).toMatchObject({ status: 504, json: { error_code: 504 } });
    expect(limited.edgeRouter.outcomes).toEqual([{ outcome: 'done' }]);
  });
});

describe('A body that does not come', () => {
  it('costs nothing on the owner', async () => {
    const owner = await ownedBy((res) => res.writeHead(204, ours).end());
    const socket = connect(pair.edge.port, '127.0.0.1');
    socket.write(
      `POST ${path}/subscription HTTP/1.1\r\nHost: p\r\nContent-Type: ${v2}\r\nContent-Length: 9\r\n\r\n{`,
    );
    await vi.waitFor(() => expect(pair.underWay(pair.edge).requests).toBe(1));
    socket.destroy();
    await once(socket, 'close');
    await vi.waitFor(() => expect(pair.underWay(pair.edge)).toEqual(nothingUnderWay));

    expect(owner.requests).toEqual([]);
  });
});

describe('base_uri', () => {
  it('is the address under which the client has reached the edge', async () => {
    const settings = { 'trusted.proxies': '127.0.0.1', 'advertised.listeners': 'http://rest.example.com:81' };
    const behind = await ReplicaPair.start(settings);
    const answer = await behind.edge.request('/consumers/g', {
      method: 'POST',
      headers: { 'content-type': v2, 'x-forwarded-prefix': '/kafka', 'x-forwarded-proto': 'http' },
      body: Buffer.from('{"name":"i"}'),
    });
    await behind.close();

    expect(answer.json).toEqual({
      instance_id: 'i',
      base_uri: 'http://rest.example.com:81/kafka/consumers/g/instances/i',
    });
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
    expect(owner.requests).toEqual([]);
  });
});
