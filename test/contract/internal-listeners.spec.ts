import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { InternalRoutes } from '../../apps/rest-proxy/src/internal/internal-routes.ts';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

const apps: ContractApp[] = [];
let probe: Probe;

async function start(settings: Readonly<Record<string, string>> = {}): Promise<ContractApp> {
  probe = new Probe();
  const all = { 'internal.listeners': 'http://127.0.0.1:0', ...settings };
  const app = await ContractApp.start(all, { more: [probeModule(probe)] });
  apps.push(app);
  return app;
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const ask = (app: ContractApp, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(app.internalUrl + path, init);

const routesOf = (app: ContractApp): InternalRoutes => app.proxy.app.get(InternalRoutes);

const portOf = (url: string): number => Number(new URL(url).port);

describe('the internal listeners', () => {
  it.each(['live', 'ready', 'startup'])('answer /health/%s as those for clients do', async (name) => {
    const app = await start();
    const [internal, client] = await Promise.all([
      ask(app, `/health/${name}`),
      app.request(`/health/${name}`),
    ]);

    expect(internal.status).toBe(client.status);
    expect(internal.headers.get('content-type')).toBe('application/json');
    expect(internal.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys((await internal.json()) as object)).toEqual(Object.keys(client.json as object));
  });

  it('answer 503 while Kafka is away', async () => {
    const app = await start();
    app.kafka.metadata.age = Infinity;

    expect((await ask(app, '/health/ready')).status).toBe(503);
  });

  it('serve nothing of what clients are served, and the other way round', async () => {
    const app = await start();

    const answer = await ask(app, '/topics');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error_code: 404, message: 'HTTP 404 Not Found' });
    expect(await app.request('/metrics')).toMatchObject({ status: 404 });
  });

  it('tell a wrong method from an unknown path, and answer HEAD', async () => {
    const app = await start();

    const answer = await ask(app, '/metrics', { method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
    expect(await answer.json()).toMatchObject({ error_code: 405 });
    const head = await ask(app, '/health/live?x=1', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('answer what is not HTTP with an error body', async () => {
    const app = await start();
    const socket = connect(portOf(app.internalUrl), '127.0.0.1', () => socket.write('what?\r\n\r\n'));

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [^]*"error_code":400/);
  });

  it('are off with an empty setting', async () => {
    const app = await start({ 'internal.listeners': '' });

    expect(app.internalUrl).toBe('');
    expect(await app.request('/health/ready')).toMatchObject({ status: 200 });
  });
});

describe('a handler of the internal listeners', () => {
  it('is found by method and path, and another takes all else', async () => {
    const app = await start();
    const routes = routesOf(app);
    routes.register('POST', '/one', (_req, res) => void res.end('one'));
    routes.fallback = (req, res) => void res.end(`else ${req.url}`);

    expect(await (await ask(app, '/one', { method: 'POST' })).text()).toBe('one');
    expect(await (await ask(app, '/consumers/a%2Fb?c=d')).text()).toBe('else /consumers/a%2Fb?c=d');
    expect((await ask(app, '/one')).status).toBe(405);
    expect(() => routes.register('POST', '/one', () => {})).toThrow('POST /one is registered already');
  });

  it('may throw: what it says is answered, and a fault is logged', async () => {
    const app = await start();
    const routes = routesOf(app);
    routes.register('GET', '/busy', () => {
      throw restErrors.overloaded('busy', { retryAfterSeconds: 7 });
    });
    routes.register('GET', '/broken', () => Promise.reject(new Error('not for others')));

    const busy = await ask(app, '/busy');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '7']);
    const broken = await ask(app, '/broken');
    expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringContaining('others')]);
    expect(app.logs).toContainEqual(
      expect.objectContaining({ err: expect.objectContaining({ message: 'not for others' }) }),
    );
  });

  it('that fails in the middle of an answer breaks the connection', async () => {
    const app = await start();
    routesOf(app).register('GET', '/half', async (_req, res) => {
      await new Promise<void>((resolve) => void res.write('half', () => resolve()));
      throw new Error('in the middle');
    });

    const answer = await ask(app, '/half');
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('shutdown', () => {
  it('keeps the internal listeners until the clients are served, with readiness 503', async () => {
    const app = await start();
    let open = (): void => undefined;
    probe.gate = new Promise<void>((resolve) => (open = resolve));
    const running = app.request('/probe/wait');
    await vi.waitFor(() => expect(probe.entered).toBe(1));

    const closed = app.close();
    const ready = await ask(app, '/health/ready');
    expect([ready.status, await ready.json()]).toMatchObject([503, { error: { server: {} } }]);
    const metrics = await (await ask(app, '/metrics')).text();
    expect(metrics).toMatch(/^krest_drain_duration_seconds [\d.e-]+$/m);
    expect(metrics).toMatch(/^krest_http_inflight 1$/m);

    open();
    expect(await running).toMatchObject({ status: 200 });
    await closed;
    await expect(ask(app, '/health/live')).rejects.toThrow();
  });

  it('ends connections that ask nothing, and finishes what runs', async () => {
    const app = await start();
    const entered = Promise.withResolvers<void>();
    let finish = (): void => undefined;
    routesOf(app).register('GET', '/slow', (_req, res) => {
      finish = () => void res.end('done');
      entered.resolve();
    });
    const agent = new Agent({ keepAlive: true });
    const idle = request(`${app.internalUrl}/health/live`, { agent }).end();
    const [response] = (await once(idle, 'response')) as [IncomingMessage];
    const { socket } = response;
    await text(response);
    const silent = connect(portOf(app.internalUrl), '127.0.0.1');
    await once(silent, 'connect');
    const running = ask(app, '/slow');
    await entered.promise;

    const closed = app.close();
    await Promise.all([once(silent, 'close'), once(socket, 'close')]);
    finish();

    expect(await (await running).text()).toBe('done');
    await closed;
    agent.destroy();
  });

  it('cuts answers that do not come to an end', async () => {
    const app = await start();
    const entered = Promise.withResolvers<void>();
    routesOf(app).register('GET', '/never', () => entered.resolve());
    const never = ask(app, '/never').catch((error: unknown) => error);
    await entered.promise;

    await app.close();

    expect(await never).toBeInstanceOf(Error);
  });
});

describe('a port that is in use', () => {
  it('is an error where the operator has named it, and nothing stays open', async () => {
    const other = await start();

    await expect(start({ 'internal.listeners': other.internalUrl })).rejects.toThrow(
      `Cannot listen on ${other.internalUrl}: the port is in use; choose another with internal.listeners`,
    );
  });
});
