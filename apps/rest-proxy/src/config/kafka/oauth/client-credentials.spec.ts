import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { clientCredentialsIssuer } from './client-credentials.ts';
import { unsecuredJwt } from './jwt.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A token endpoint that answers the same to all; `undefined` for never. */
const endpoint = async (status: number, answer: string | undefined) => {
  const received: Received[] = [];
  const endpoint = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ request, body });
      if (answer !== undefined) response.writeHead(status, { location: '/elsewhere' }).end(answer);
    });
  });
  server = endpoint;
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const { port } = endpoint.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/token?tenant=secret-query`), received };
};

const issuer = (url: URL, options: { scope?: string; urlEncodeHeader?: boolean } = {}) =>
  clientCredentialsIssuer({
    url,
    clientId: 'my id',
    clientSecret: 'secret-value',
    scope: options.scope ?? '',
    urlEncodeHeader: options.urlEncodeHeader ?? false,
    tls: {},
    connectTimeoutMs: 1_000,
    readTimeoutMs: 200,
  });

const basic = (request: IncomingMessage | undefined): string =>
  Buffer.from(request?.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();

describe('clientCredentialsIssuer', () => {
  it('asks with the client credentials grant, and takes the expiry from the token', async () => {
    const token = unsecuredJwt({ sub: 'a', exp: 2_000_000_000 });
    const { url, received } = await endpoint(200, JSON.stringify({ access_token: token, expires_in: 60 }));

    expect(await issuer(url, { scope: 'a b' })()).toEqual({ token, expiresAtMs: 2_000_000_000_000 });
    expect(received[0]?.body).toBe('grant_type=client_credentials&scope=a+b');
    expect(received[0]?.request.method).toBe('POST');
    expect(received[0]?.request.url).toBe('/token?tenant=secret-query');
    expect(received[0]?.request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(basic(received[0]?.request)).toBe('my id:secret-value');
  });

  it('encodes id and secret where the operator says so, and asks for no scope without one', async () => {
    const { url, received } = await endpoint(200, '{"access_token":"t"}');

    await issuer(url, { urlEncodeHeader: true })();

    expect(basic(received[0]?.request)).toBe('my%20id:secret-value');
    expect(received[0]?.body).toBe('grant_type=client_credentials');
  });

  it('takes the expiry of a token that is no JWT from the answer', async () => {
    const { url } = await endpoint(200, '{"access_token":"opaque","expires_in":60}');
    const before = Date.now();

    const { token, expiresAtMs } = await issuer(url)();

    expect(token).toBe('opaque');
    expect(expiresAtMs - before).toBeGreaterThanOrEqual(60_000);
    expect(expiresAtMs - before).toBeLessThan(70_000);
  });

  it.each([
    ['a refusal', 401, '{"error":"secret-answer"}', /HTTP status 401/],
    ['a redirect, which is not followed', 302, '', /HTTP status 302/],
    ['no JSON', 200, 'secret-answer', /not JSON/],
    ['no token', 200, '{"token":"secret-answer"}', /no access_token/],
    ['JSON of another kind', 200, 'null', /no access_token/],
    ['no answer in time', 200, undefined, /UND_ERR_HEADERS_TIMEOUT/],
    ['an answer without end', 200, 'x'.repeat(2_000_000), /UND_ERR_RES_EXCEEDED_MAX_SIZE/],
  ])('fails on %s, telling where but nothing secret', async (_, status, answer, message) => {
    const { url } = await endpoint(status, answer);

    const error: unknown = await issuer(url)().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'KafkaError', kind: 'SASL_AUTHENTICATION_FAILED' });
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain(`${url.origin}/token`);
    expect(String(error)).not.toContain('secret-');
  });
});
