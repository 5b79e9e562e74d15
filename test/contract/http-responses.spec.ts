import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RestError } from '#libs/errors/rest-error.ts';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

const v2 = 'application/vnd.kafka.v2+json';

/** Undecoded, unlike fetch. */
async function get(
  app: ContractApp,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> {
  const sent = request({ port: app.port, path, headers, method }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return { headers: response.headers, body: Buffer.concat(chunks) };
}

describe('responses', () => {
  const probe = new Probe();
  let app: ContractApp;
  beforeAll(async () => {
    const settings = { 'max.inflight.bytes': '5000000', 'idle.timeout.ms': '300' };
    app = await ContractApp.start(settings, { more: [probeModule(probe)] });
  });
  afterAll(() => app.close());

  it.each(['/topics', '/nope', '/probe/text?bytes=9000'])(
    '%s varies by Accept-Encoding, has a length and no server name',
    async (path) => {
      const { headers, body } = await get(app, path, {});
      expect(headers).toMatchObject({ vary: 'Accept-Encoding', 'content-length': String(body.length) });
      expect(headers).toHaveProperty('date');
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('etag');
    },
  );

  describe('compression', () => {
    it.each(['gzip', 'GZIP;q=0.5', 'br, gzip', 'deflate, *', 'x-gzip'])(
      'Accept-Encoding %s gets gzip',
      async (accept) => {
        const { headers, body } = await get(app, '/probe/text?bytes=5000', { 'Accept-Encoding': accept });
        expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': String(body.length) });
        expect(gunzipSync(body).toString()).toBe(`"${'x'.repeat(4998)}"`);
      },
    );

    it.each(['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.0, *'])(
      'Accept-Encoding %j gets it as it is',
      async (accept) => {
        const { headers, body } = await get(app, '/probe/text?bytes=5000', { 'Accept-Encoding': accept });
        expect(headers).not.toHaveProperty('content-encoding');
        expect(body).toHaveLength(5000);
      },
    );

    it('what is small is not compressed', async () => {
      const { headers } = await get(app, '/probe/text?bytes=1000', { 'Accept-Encoding': 'gzip' });
      expect(headers).not.toHaveProperty('content-encoding');
    });

    it('HEAD says that GET would be compressed', async () => {
      const { headers, body } = await get(
        app,
        '/probe/text?bytes=5000',
        { 'Accept-Encoding': 'gzip' },
        'HEAD',
      );
      expect(headers).toMatchObject({ 'content-encoding': 'gzip' });
      expect(headers).not.toHaveProperty('content-length');
      expect(body).toHaveLength(0);
    });
  });

  describe('request ids', () => {
    it('the id of the client comes back and is in the log', async () => {
      const { headers } = await app.request('/topics', { headers: { 'X-Request-Id': 'my-id/1' } });
      expect(headers.get('x-request-id')).toBe('my-id/1');
      await vi.waitFor(() =>
        expect(app.logs).toContainEqual(expect.objectContaining({ requestId: 'my-id/1' })),
      );
    });

    it.each(['', 'with space', 'x'.repeat(129)])('an id %j is replaced', async (id) => {
      const { headers } = await app.request('/topics', { headers: { 'X-Request-Id': id } });
      expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{18}-[\da-z]+$/);
    });
  });

  describe('slow readers', () => {
    /** Asks for a large answer and does not read it. */
    const ask = async (bytes: number): Promise<ReturnType<typeof connect>> => {
      const socket = connect(app.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.pause();
      socket.write(`GET /probe/text?bytes=${bytes} HTTP/1.1\r\nHost: p\r\n\r\n`);
      return socket;
    };

    it('answers that nobody reads are bounded: 503, and the controller knows that nothing was sent', async () => {
      const slow = await ask(4_900_000);
      const state = app.proxy.app.get(ServerState);
      await vi.waitFor(() => expect(state.bytesInFlight).toBe(4_900_000));
      const answer = await app.request('/probe/text?bytes=200000');
      expect(answer).toMatchObject({ status: 503, json: { error_code: 503 } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(probe.failures.at(-1)).toBeInstanceOf(RestError);
      slow.destroy();
      await vi.waitFor(() => expect(state.bytesInFlight).toBe(0));
    });

    it('a reader that makes no progress loses its connection, and its answer does not count as written', async () => {
      probe.written.length = 0;
      const slow = await ask(4_900_000);
      const closed = once(slow, 'close');
      await vi.waitFor(() => expect(probe.written).toEqual([false]), { timeout: 3_000 });
      slow.resume();
      await closed;
    });

    it('an answer that was read counts as written', async () => {
      probe.written.length = 0;
      await app.request('/probe/text?bytes=100');
      expect(probe.written).toEqual([true]);
    });
  });
});

describe('headers as configured', () => {
  const using = async (
    settings: Record<string, string>,
    use: (app: ContractApp) => Promise<void>,
  ): Promise<void> => {
    const app = await ContractApp.start(settings);
    try {
      await use(app);
    } finally {
      await app.close();
    }
  };

  it('response.http.headers.config and nosniff are on every answer', async () => {
    const settings = {
      'response.http.headers.config': 'set X-One: 1, "add X-Two: a,b", setDate X-Later: 60000',
      'nosniff.prevention.enable': 'true',
    };
    await using(settings, async (app) => {
      for (const path of ['/topics', '/nope', '//bad', '/health/live']) {
        const { headers } = await app.request(path);
        expect(headers.get('x-one'), path).toBe('1');
        expect(headers.get('x-two'), path).toBe('a,b');
        expect(Date.parse(headers.get('x-later') ?? ''), path).toBeGreaterThan(Date.now() + 50_000);
        expect(headers.get('x-content-type-options'), path).toBe('nosniff');
      }
    });
  });

  it('compression.enable=false compresses nothing', async () => {
    const app = await ContractApp.start(
      { 'compression.enable': 'false' },
      { more: [probeModule(new Probe())] },
    );
    const { headers } = await get(app, '/probe/text?bytes=5000', { 'Accept-Encoding': 'gzip' });
    expect(headers).not.toHaveProperty('content-encoding');
    await app.close();
  });

  it('response.mediatype.preferred and .default give errors their type', async () => {
    const settings = { 'response.mediatype.preferred': 'text/x', 'response.mediatype.default': 'text/y' };
    await using(settings, async (app) => {
      const typeFor = async (accept: string): Promise<string | null> =>
        (await app.request('/nope', { headers: { Accept: accept } })).headers.get('content-type');
      expect(await typeFor('application/json, text/x')).toBe('text/x');
      expect(await typeFor('application/json')).toBe('text/y');
    });
  });

  describe('CORS', () => {
    const origin = 'https://app.example.com';
    const preflight = (method: string, headers?: string): Record<string, string> => ({
      Origin: origin,
      'Access-Control-Request-Method': method,
      ...(headers === undefined ? {} : { 'Access-Control-Request-Headers': headers }),
    });

    it('is off unless asked for', async () => {
      await using({}, async (app) => {
        const { headers } = await app.request('/topics', { headers: { Origin: origin } });
        expect(headers.has('access-control-allow-origin')).toBe(false);
      });
    });

    it('echoes an allowed origin, on errors too', async () => {
      const settings = {
        'access.control.allow.origin': '*',
        'access.control.expose.headers': 'X-Request-Id',
      };
      await using(settings, async (app) => {
        for (const path of ['/topics', '/nope', '/topics/missing']) {
          const { headers } = await app.request(path, { headers: { Origin: origin } });
          expect(headers.get('access-control-allow-origin'), path).toBe(origin);
          expect(headers.get('access-control-allow-credentials'), path).toBe('true');
          expect(headers.get('access-control-expose-headers'), path).toBe('X-Request-Id');
        }
        const { headers } = await app.request('/topics');
        expect(headers.has('access-control-allow-origin')).toBe(false);
      });
    });

    it('answers a preflight with the defaults', async () => {
      await using({ 'access.control.allow.origin': 'https://*.example.com' }, async (app) => {
        const answer = await app.request('/topics/t', {
          method: 'OPTIONS',
          headers: preflight('POST', 'content-type, accept'),
        });
        expect(answer).toMatchObject({ status: 200, text: '' });
        expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
        expect(answer.headers.get('access-control-max-age')).toBe('1800');
        expect(answer.headers.get('access-control-allow-methods')).toBe('GET,POST,HEAD');
        expect(answer.headers.get('access-control-allow-headers')).toBe(
          'X-Requested-With,Content-Type,Accept,Origin',
        );
        expect(answer.headers.get('vary')).toBe('Accept-Encoding, Origin');
      });
    });

    it.each([
      ['another origin', { Origin: 'https://app.example.com.evil.net' }, 'POST', undefined],
      ['another method', {}, 'DELETE', undefined],
      ['another header', {}, 'POST', 'X-Secret'],
    ])('does not let %s in', async (_, more, method, headers) => {
      await using({ 'access.control.allow.origin': 'https://*.example.com' }, async (app) => {
        const answer = await app.request('/topics', {
          method: 'OPTIONS',
          headers: { ...preflight(method, headers), ...more },
        });
        expect(answer.headers.has('access-control-allow-origin')).toBe(false);
      });
    });

    it('takes methods and headers from the configuration', async () => {
      const settings = {
        'access.control.allow.origin': origin,
        'access.control.allow.methods': 'GET,DELETE',
        'access.control.allow.headers': 'X-Secret',
      };
      await using(settings, async (app) => {
        const answer = await app.request('/topics', {
          method: 'OPTIONS',
          headers: preflight('DELETE', 'x-secret'),
        });
        expect(answer.headers.get('access-control-allow-methods')).toBe('GET,DELETE');
        expect(answer.headers.get('access-control-allow-headers')).toBe('X-Secret');
      });
    });
  });
});

describe('content types through the whole application', () => {
  let app: ContractApp;
  beforeAll(async () => {
    app = await ContractApp.start();
  });
  afterAll(() => app.close());

  it('406 and 415 say so in JSON, 415 first', async () => {
    const notAcceptable = await app.request('/topics', { headers: { Accept: 'text/plain' } });
    expect(notAcceptable).toMatchObject({
      status: 406,
      json: { error_code: 406, message: 'HTTP 406 Not Acceptable' },
    });
    const unsupported = await app.request('/', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', Accept: 'text/html' },
      body: '{}',
    });
    expect(unsupported).toMatchObject({
      status: 415,
      json: { error_code: 415, message: 'HTTP 415 Unsupported Media Type' },
    });
    expect(unsupported.headers.get('content-type')).toBe('application/json');
  });

  it('v3 has no types of v2', async () => {
    expect(await app.request('/v3/clusters', { headers: { Accept: v2 } })).toMatchObject({ status: 406 });
  });

  it('parameters of Accept come back', async () => {
    const { headers } = await app.request('/topics', { headers: { Accept: `${v2};charset=utf-8` } });
    expect(headers.get('content-type')).toBe(`${v2};charset=utf-8`);
  });

  it('an error inside an endpoint has the negotiated type', async () => {
    const { status, headers } = await app.request('/topics/missing', {
      headers: { Accept: 'application/json' },
    });
    expect([status, headers.get('content-type')]).toEqual([404, 'application/json']);
  });
});
