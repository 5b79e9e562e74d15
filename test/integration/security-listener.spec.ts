import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CertificateAuthority,
  type CertificateFiles,
  storePassword,
} from '../../scripts/stack/certificates.ts';
import { ContractApp } from '../support/contract-app.ts';

let dir: string;
let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let server: CertificateFiles;
let client: CertificateFiles;
let app: ContractApp | undefined;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'listener-'));
  authority = new CertificateAuthority(join(dir, 'authority'), 'Authority');
  stranger = new CertificateAuthority(join(dir, 'stranger'), 'Stranger');
  server = authority.issue('server');
  client = authority.issue('client');
});

afterEach(async () => {
  await app?.close();
  app = undefined;
});

afterAll(() => rmSync(dir, { recursive: true }));

const proxyWith = async (settings: Readonly<Record<string, string>>): Promise<ContractApp> => {
  app = await ContractApp.start({
    listeners: 'https://127.0.0.1:0',
    'ssl.keystore.location': server.keyStoreP12,
    'ssl.keystore.password': storePassword,
    ...settings,
  });
  return app;
};

const requiring = (): Readonly<Record<string, string>> => ({
  'ssl.client.authentication': 'REQUIRED',
  'ssl.truststore.location': authority.trustStoreP12,
  'ssl.truststore.password': storePassword,
});

const certificateOf = (files: CertificateFiles): ConnectionOptions => ({
  cert: readFileSync(files.certificate),
  key: readFileSync(files.key),
});

/** How a connection ends that the proxy does not want; which one depends on who is faster. */
const refused = /certificate required|unknown ca|socket hang up|ECONNRESET/;

/** GET of the proxy. @throws when there is no connection to be had */
const get = (
  proxy: ContractApp,
  tls: ConnectionOptions = {},
  path = '/',
): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const options = { ca: readFileSync(authority.certificate), agent: false, ...tls };
    const sent = request(proxy.url + path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });

describe('an https listener', () => {
  it('answers to who trusts its authority, and shows https in its URLs', async () => {
    const proxy = await proxyWith({});

    expect(proxy.url).toMatch(/^https:/);
    expect(await get(proxy)).toEqual({ status: 200, body: '{}' });
    expect((await get(proxy, {}, '/v3/clusters')).body).toContain(`"self":"${proxy.url}/v3/clusters`);
    await expect(get(proxy, { ca: readFileSync(stranger.certificate) })).rejects.toThrow(/certificate/);
  });

  it('speaks the versions of TLS that it may', async () => {
    const proxy = await proxyWith({ 'ssl.enabled.protocols': 'TLSv1.3' });

    expect((await get(proxy)).status).toBe(200);
    await expect(get(proxy, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/);
  });

  it('lets in nobody without a certificate of the authority, where it is required', async () => {
    const proxy = await proxyWith(requiring());
    const forged = stranger.issue('client');

    expect((await get(proxy, certificateOf(client))).status).toBe(200);
    await expect(get(proxy)).rejects.toThrow(refused);
    await expect(get(proxy, certificateOf(forged))).rejects.toThrow(refused);
  });

  it('may have its own rules beside a plain listener', async () => {
    const settings = Object.entries(requiring()).map(([key, value]) => [
      `listener.name.inside.${key}`,
      value,
    ]);
    const proxy = await proxyWith({
      listeners: 'INSIDE://127.0.0.1:0,http://127.0.0.1:0',
      'listener.protocol.map': 'INSIDE:https',
      ...Object.fromEntries(settings),
    });

    await expect(get(proxy)).rejects.toThrow(refused);
    expect((await get(proxy, certificateOf(client))).status).toBe(200);
  });
});
