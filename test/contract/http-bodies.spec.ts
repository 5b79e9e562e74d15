import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

const limit = 200_000;

describe('request bodies', () => {
  const probe = new Probe();
  let app: ContractApp;
  const state = (): ServerState => app.proxy.app.get(ServerState);
  const echo = (
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): ReturnType<ContractApp['request']> => app.request('/probe/echo', { method: 'POST', body, headers });

  beforeAll(async () => {
    app = await ContractApp.start(
      { 'max.request.body.bytes': String(limit), 'max.inflight.bytes': '500000', 'idle.timeout.ms': '300' },
      { more: [probeModule(probe)] },
    );
  });
  afterAll(() => app.close());
  afterEach(async () => {
    await vi.waitFor(() => expect(state()).toMatchObject({ bytesInFlight: 0, requestsInFlight: 0 }));
  });

  it.each([0, 1, 1_000, 65_536, 65_537, limit])('%i bytes arrive', async (length) => {
    const answer = await echo(Buffer.alloc(length, 'a'));
    expect(answer).toMatchObject({ status: 200, json: { length } });
  });

  it('a chunked body arrives', async () => {
    const response = await app.raw(
      'POST /probe/echo HTTP/1.1\r\nHost: p\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n' +
        '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );
    expect(response).toContain('{"length":5,"text":"abcde"}');
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', (body: Buffer) => body],
  ])('%s is decoded', async (encoding, compress) => {
    const answer = await echo(compress(Buffer.from('hello')), { 'Content-Encoding': encoding });
    expect(answer).toMatchObject({ status: 200, json: { length: 5, text: 'hello' } });
  });

  it('an empty body needs no decoding', async () => {
    expect(await echo('', { 'Content-Encoding': 'gzip' })).toMatchObject({
      status: 200,
      json: { length: 0 },
    });
  });

  it.each(['compress', 'gzip, gzip', 'nonsense'])('Content-Encoding %s is 415', async (encoding) => {
    const answer = await echo('x', { 'Content-Encoding': encoding });
    expect(answer).toMatchObject({ status: 415, json: { error_code: 415 } });
    expect((answer.json as { message: string }).message).toContain(
      `Unsupported Content-Encoding: ${encoding}`,
    );
  });

  it.each(['hello', gzipSync(Buffer.from('hello')).subarray(0, 15)])(
    'a body that is not gzip is 400',
    async (body) => {
      expect(await echo(body, { 'Content-Encoding': 'gzip' })).toMatchObject({
        status: 400,
        json: { error_code: 400, message: 'Bad Request: The body is not what its Content-Encoding says' },
      });
    },
  );

  const tooLarge = { error_code: 413, message: `The request body is larger than ${limit} bytes` };

  it('a body that is announced too large is 413 at once', async () => {
    const response = await app.raw(
      `POST /probe/echo HTTP/1.1\r\nHost: p\r\nContent-Length: ${limit + 1}\r\n\r\nonly the beginning`,
    );
    expect(response).toContain(' 413 ');
    expect(response).toContain(JSON.stringify(tooLarge));
    expect(response).toContain('Connection: close');
  });

  it('a chunked body that grows too large is 413, though the client is still sending', async () => {
    const sending = request({ port: app.port, method: 'POST', path: '/probe/echo' });
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
    let sent = 0;
    const send = (): void => {
      while (sent < 5_000_000 && sending.write(Buffer.alloc(50_000))) sent += 50_000;
      if (sent >= 5_000_000) sending.end();
    };
    sending.on('drain', send).on('error', () => undefined);
    send();
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toBe(JSON.stringify(tooLarge));
  });

  it('a small body that unpacks to gigabytes is 413 and takes no memory', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000)).subarray());
    expect(bomb.length).toBeLessThan(1_000);
    const inner = gzipSync(Buffer.alloc(100_000_000));
    const answer = await echo(inner, { 'Content-Encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 413, json: { error_code: 413 } });
  });

  it('a client that waits for 100 Continue is spared the upload', async () => {
    const sending = request({
      port: app.port,
      method: 'POST',
      path: '/probe/echo',
      headers: { Expect: '100-continue', 'Content-Length': limit + 1 },
    });
    const continued = vi.fn<() => void>();
    sending.on('continue', continued).flushHeaders();
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    response.resume();
    sending.destroy();
    expect(continued).not.toHaveBeenCalled();
  });

  it('a client that waits for 100 Continue gets it when its body is wanted', async () => {
    const sending = request({
      port: app.port,
      method: 'POST',
      path: '/probe/echo',
      headers: { Expect: '100-continue', 'Content-Length': 5 },
    });
    sending.flushHeaders();
    await once(sending, 'continue');
    sending.end('hello');
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('{"length":5,"text":"hello"}');
  });

  it('a client that stops in the middle is told 408', async () => {
    const response = await app.raw('POST /probe/echo HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhello');
    expect(response).toContain(' 408 ');
    expect(response).toContain('{"error_code":408,"message":"HTTP 408 Request Timeout"}');
  });

  it('a client that goes away in the middle leaves nothing behind but a log line', async () => {
    const before = app.logs.length;
    const socket = connect(app.port, '127.0.0.1');
    socket.write('POST /probe/echo HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nhello');
    await vi.waitFor(() => expect(state().bytesInFlight).toBe(5));
    socket.destroy();
    await vi.waitFor(() => expect(app.logs.slice(before)).toMatchObject([{ msg: 'request', status: 499 }]));
  });

  it('bodies beyond what may be in memory at one time are 503 with Retry-After', async () => {
    const open = Array.from({ length: 3 }, () => {
      const socket = connect(app.port, '127.0.0.1');
      socket.write(
        `POST /probe/echo HTTP/1.1\r\nHost: p\r\nContent-Length: ${limit}\r\n\r\n${'x'.repeat(150_000)}`,
      );
      return socket;
    });
    await vi.waitFor(() => expect(state().bytesInFlight).toBe(450_000));
    const answer = await echo(Buffer.alloc(60_000));
    expect(answer).toMatchObject({
      status: 503,
      json: { error_code: 503, message: 'Service Unavailable: too many bytes in flight' },
    });
    expect(answer.headers.get('retry-after')).toBe('1');
    for (const socket of open) socket.destroy();
  });

  it('a body that nobody reads does not harm the next request of the connection', async () => {
    const response = await app.raw(
      'POST /nope HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\n\r\nhello' +
        'GET /health/live HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n',
    );
    expect(response.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });

  it.each([
    ['POST / HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'a broken chunk'],
    ['POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'two lengths'],
    ['POST / HTTP/1.1\r\nHost: p\r\nContent-Length: -1\r\n\r\n', 'a negative length'],
    ['POST / HTTP/1.1\r\nHost: p\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'different lengths'],
  ])('%j is 400', async (request_) => {
    const response = await app.raw(request_);
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('"error_code":400');
  });
});

async function text(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
