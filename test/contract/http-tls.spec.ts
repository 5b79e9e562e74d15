import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { request, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority, type CertificateFiles } from '../../scripts/stack/certificates.ts';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

const dir = mkdtempSync(join(tmpdir(), 'krp-tls-'));

describe('an https listener', () => {
  let authority: CertificateAuthority;
  let server: CertificateFiles;
  let app: ContractApp;

  beforeAll(() => {
    authority = new CertificateAuthority(dir);
    server = authority.issue('server');
  }, 30_000);
  afterEach(() => app.close());
  afterAll(() => rmSync(dir, { recursive: true }));

  const start = async (settings: Record<string, string> = {}): Promise<void> => {
    const all = {
      listeners: 'https://127.0.0.1:0',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': server.keyStorePem,
      ...settings,
    };
    app = await ContractApp.start(all, { more: [probeModule(new Probe())] });
  };

  const get = async (
    path: string,
    options: RequestOptions = {},
  ): Promise<{ response: IncomingMessage; text: string }> => {
    const ca = readFileSync(authority.certificate);
    const sent = request({ port: app.port, host: '127.0.0.1', path, ca, agent: false, ...options }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    return { response, text: Buffer.concat(chunks).toString() };
  };

  it('answers, and shows links with https', async () => {
    await start();
    const { response, text } = await get('/probe/link/x', {
      headers: { Host: 'proxy:8443' },
      servername: 'localhost',
    });
    expect(response.statusCode).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ base: 'https://proxy:8443' });
    expect(response.headers).not.toHaveProperty('strict-transport-security');
  });

  it('has Strict-Transport-Security when asked for', async () => {
    await start({ 'hsts.header.enable': 'true' });
    const { response } = await get('/topics');
    expect(response.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
  });

  it('asks for client certificates, and takes only those of its authority', async () => {
    await start({
      'ssl.client.authentication': 'REQUIRED',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.certificate,
    });
    await expect(get('/topics')).rejects.toThrow();
    const client = authority.issue('client');
    const { response } = await get('/topics', {
      cert: readFileSync(client.certificate),
      key: readFileSync(client.key),
    });
    expect(response.statusCode).toBe(200);
  });

  it('survives clients that speak no TLS or hang up', async () => {
    await start();
    await app.raw('GET / HTTP/1.1\r\nHost: p\r\n\r\n').catch(() => undefined);
    const handshaking = connect(app.port, '127.0.0.1').on('error', () => undefined);
    handshaking.write('\u0016\u0003\u0001');
    expect((await get('/health/live')).response.statusCode).toBe(200);
    // It does not hold up the end either.
    const started = performance.now();
    await app.close();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
