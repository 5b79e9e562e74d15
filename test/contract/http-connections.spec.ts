import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent, request, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RequestAbortedError } from '../../apps/rest-proxy/src/http/request-aborted.error.ts';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

const apps: ContractApp[] = [];
let probe = new Probe();

async function start(settings: Record<string, string> = {}): Promise<ContractApp> {
  probe = new Probe();
  const app = await ContractApp.start(settings, { more: [probeModule(probe)] });
  apps.push(app);
  return app;
}

/** A gate, and what opens it. */
function closedGate(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  probe.gate = promise;
  return resolve;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

describe('what is not HTTP', () => {
  it.each([
    ['nonsense\r\n\r\n', 400],
    ['GET / HTTP/9.9\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nbad header\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: p\r\nX-Large: ${'x'.repeat(8200)}\r\n\r\n`, 431],
    ['GET / HTTP/1.1\r\nHost: p\r\nExpect: something\r\nConnection: close\r\n\r\n', 417],
  ])('%j is answered in JSON', async (text, status) => {
    const app = await start();
    const response = await app.raw(text);
    expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(response).toContain('Content-Type: application/json');
    expect(response).toContain(`"error_code":${status}`);
  });

  it('TLS on a plain listener ends the connection and nothing else', async () => {
    const app = await start();
    await app.raw('\u0016\u0003\u0001\u0002\u0000\u0001');
    expect(await app.request('/health/live')).toMatchObject({ status: 200 });
  });
});

describe('slow and half-open clients', () => {
  it('a connection that says nothing is closed', async () => {
    const app = await start({ 'idle.timeout.ms': '200' });
    const socket = connect(app.port, '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
  });

  it('a client that waits for an answer may wait longer', async () => {
    const app = await start({ 'idle.timeout.ms': '200' });
    const open = closedGate();
    const answer = app.request('/probe/wait');
    for (let i = 0; i < 2; i++) await once(connect(app.port, '127.0.0.1').resume(), 'close');
    open();
    expect(await answer).toMatchObject({ status: 200 });
  });

  it('a thousand of them do not stop the others', async () => {
    const app = await start();
    const sockets: Socket[] = [];
    for (let i = 0; i < 1_000; i++) {
      const socket = connect(app.port, '127.0.0.1').on('error', () => undefined);
      sockets.push(socket);
      socket.write(
        i % 2 === 0
          ? 'GET /topics HTTP/1.1\r\nHo'
          : 'POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 9\r\n\r\n{',
      );
    }
    await Promise.all(
      sockets.filter(({ connecting }) => connecting).map((socket) => once(socket, 'connect')),
    );
    for (let i = 0; i < 20; i++) expect(await app.request('/topics')).toMatchObject({ status: 200 });
    for (const socket of sockets) socket.destroy();
  });

  it('connections beyond server.connection.limit are closed', async () => {
    const app = await start({ 'server.connection.limit': '2' });
    const first = connect(app.port, '127.0.0.1');
    const second = connect(app.port, '127.0.0.1');
    await Promise.all([once(first, 'connect'), once(second, 'connect')]);
    const third = connect(app.port, '127.0.0.1').resume();
    await once(third, 'close');
    first.destroy();
    second.destroy();
    await vi.waitFor(async () => expect(await app.request('/health/live')).toMatchObject({ status: 200 }));
  });
});

describe('requests at one time', () => {
  it('more than max.inflight.requests are 503 with Retry-After; probes are answered', async () => {
    const app = await start({ 'max.inflight.requests': '2' });
    const open = closedGate();
    const waiting = [app.request('/probe/wait'), app.request('/probe/wait')];
    await vi.waitFor(() => expect(probe.entered).toBe(2));
    const answer = await app.request('/topics');
    expect(answer).toMatchObject({
      status: 503,
      json: { error_code: 503, message: 'Service Unavailable: too many requests in flight' },
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await app.request('/health/live')).toMatchObject({ status: 200 });
    open();
    expect(await Promise.all(waiting)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await app.request('/topics')).toMatchObject({ status: 200 });
  });

  it('a request that takes longer than request.timeout.ms is 504, and its answer is dropped', async () => {
    const app = await start({ 'request.timeout.ms': '100' });
    const open = closedGate();
    expect(await app.request('/probe/wait')).toMatchObject({
      status: 504,
      json: { error_code: 504, message: 'HTTP 504 Gateway Timeout' },
    });
    open();
    await vi.waitFor(() => expect(probe.failures).toEqual([expect.any(RequestAbortedError)]));
  });

  it('an answer to a client that is gone is an error for the controller, not for the log', async () => {
    const app = await start();
    const open = closedGate();
    const abort = new AbortController();
    const answer = app.request('/probe/wait', { signal: abort.signal });
    await vi.waitFor(() => expect(probe.entered).toBe(1));
    abort.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() =>
      expect(app.logs).toContainEqual(expect.objectContaining({ status: 499, complete: false })),
    );
    open();
    await vi.waitFor(() => expect(probe.failures).toEqual([expect.any(RequestAbortedError)]));
    expect(app.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('shutdown', () => {
  it('finishes what runs, takes nothing new, and ends idle connections', async () => {
    const app = await start();
    const agent = new Agent({ keepAlive: true });
    const idle = request({ port: app.port, path: '/health/live', agent }).end();
    const [response] = (await once(idle, 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
    const open = closedGate();
    const running = app.request('/probe/wait');
    await vi.waitFor(() => expect(probe.entered).toBe(1));

    const closed = app.close();
    const late = connect(app.port, '127.0.0.1');
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    open();
    const answer = await running;
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
    agent.destroy();
  });

  it('cuts what takes longer than shutdown.graceful.ms', async () => {
    const app = await start({ 'shutdown.graceful.ms': '100' });
    const open = closedGate();
    const running = app.request('/probe/wait').catch((error: unknown) => error);
    await vi.waitFor(() => expect(probe.entered).toBe(1));
    await app.close();
    expect(await running).toBeInstanceOf(Error);
    open();
  });
});

describe('listeners', () => {
  it('there may be several', async () => {
    const app = await start({ listeners: 'http://127.0.0.1:0,http://[::1]:0' });
    const { listeners } = app.proxy.app.get(ServerState).http;
    expect(listeners).toHaveLength(2);
  });

  it('an address that is taken is named', async () => {
    const app = await start();
    await expect(start({ listeners: `http://127.0.0.1:${app.port}` })).rejects.toThrow(
      `Cannot listen on http://127.0.0.1:${app.port}: the port is in use; choose another with listeners`,
    );
  });
});
