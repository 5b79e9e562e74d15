import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CertificateAuthority, storePassword } from '../../scripts/stack/certificates.ts';
import { sharedKafka, sharedRegistry } from '../support/shared-servers.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

const avroType = 'application/vnd.kafka.avro.v2+json';
const dir = mkdtempSync(join(tmpdir(), 'schema-registry-'));

let kafka: string;
let registry: URL;
let authority: CertificateAuthority;
let guard: Server;
let seen: (string | undefined)[];
let app: TestApp | undefined;

beforeAll(async () => {
  kafka = await sharedKafka();
  registry = new URL(await sharedRegistry());
  authority = new CertificateAuthority(join(dir, 'authority'));
  const server = authority.issue('registry');
  // TLS, client certificates and names, in front of a registry that has none of them.
  guard = createServer(
    {
      key: readFileSync(server.key),
      cert: readFileSync(server.certificate),
      ca: readFileSync(authority.certificate),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { authorized } = request.socket as TLSSocket;
      seen.push(authorized ? `certificate ${request.headers.authorization}` : request.headers.authorization);
      if (!authorized && request.headers.authorization === undefined) {
        response.writeHead(401).end('{"error_code":401,"message":"Unauthorized"}');
        return;
      }
      if (request.headers.authorization === 'Bearer forbidden') {
        response.writeHead(403).end('{"error_code":40301,"message":"User is denied operation Write"}');
        return;
      }
      const { method, url, headers } = request;
      const onward = forward(new URL(url ?? '', registry), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => guard.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  seen = [];
});

afterEach(async () => {
  await app?.close();
});

afterAll(() => {
  guard.closeAllConnections();
  guard.close();
  rmSync(dir, { recursive: true });
});

async function produceWith(settings: Readonly<Record<string, string>>, userInfo = ''): Promise<unknown> {
  const port = (guard.address() as AddressInfo).port;
  const prefixed = Object.entries({
    url: `https://${userInfo}127.0.0.1:${port}${registry.pathname}`,
    ...settings,
  }).map(([key, value]) => [`schema.registry.${key}`, value] as const);
  app = await TestApp.onKafka(kafka, Object.fromEntries(prefixed));
  const topic = await createTopic(kafka, uniqueName('secured'));
  const { status, json } = await app.request(`/topics/${topic}`, {
    method: 'POST',
    headers: { 'content-type': avroType },
    body: { value_schema: '"string"', records: [{ value: 'a' }] },
  });
  return { status, json };
}

const trusting = (): Record<string, string> => ({ 'ssl.truststore.location': authority.certificate });

describe('A registry behind TLS', () => {
  it('is not trusted without its authority', async () => {
    expect(await produceWith({})).toMatchObject({ status: 422, json: { error_code: 42207 } });
    expect(seen).toEqual([]);
  });

  it('says that nobody is known', async () => {
    expect(await produceWith(trusting())).toMatchObject({
      status: 422,
      json: { error_code: 42207, message: expect.stringContaining('Unauthorized; error code: 401') },
    });
  });

  it('knows the proxy by its certificate', async () => {
    const { keyStoreP12 } = authority.issue('proxy');

    expect(
      await produceWith({
        ...trusting(),
        'ssl.keystore.location': keyStoreP12,
        'ssl.keystore.password': storePassword,
        'ssl.keystore.type': 'PKCS12',
      }),
    ).toMatchObject({ status: 200 });
    expect(new Set(seen)).toEqual(new Set(['certificate undefined']));
  });

  it('knows the proxy by user and password, in the URL or apart', async () => {
    const basic = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    expect(await produceWith(trusting(), 'ada:secret@')).toMatchObject({ status: 200 });
    await app?.close();
    expect(
      await produceWith({
        ...trusting(),
        'basic.auth.credentials.source': 'USER_INFO',
        'basic.auth.user.info': 'ada:secret',
      }),
    ).toMatchObject({ status: 200 });

    expect(new Set(seen)).toEqual(new Set([basic]));
  });

  it('knows the proxy by a token, and what it does not allow is passed on', async () => {
    const bearer = { ...trusting(), 'bearer.auth.credentials.source': 'STATIC_TOKEN' };
    expect(await produceWith({ ...bearer, 'bearer.auth.token': 'abc' })).toMatchObject({ status: 200 });
    expect(new Set(seen)).toEqual(new Set(['Bearer abc']));
    await app?.close();

    expect(await produceWith({ ...bearer, 'bearer.auth.token': 'forbidden' })).toMatchObject({
      status: 403,
      json: {
        error_code: 40301,
        message: expect.stringMatching(
          /^Error when registering schema\. format = AVRO, subject = \S+-value, schema = "string"$/,
        ),
      },
    });
  });
});
