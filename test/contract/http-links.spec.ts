import { describe, expect, it } from 'vitest';
import { ContractApp } from '../support/contract-app.ts';
import { Probe, probeModule } from '../support/probe-module.ts';

/** The base URL that the proxy shows for a request. */
async function baseOf(
  settings: Record<string, string>,
  ...heads: readonly string[]
): Promise<readonly string[]> {
  const app = await ContractApp.start(settings, { more: [probeModule(new Probe())] });
  const bases: string[] = [];
  for (const head of heads) {
    const response = await app.raw(`GET /probe/link/n HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`);
    const body = JSON.parse(response.split('\r\n\r\n')[1] ?? '') as { base: string };
    bases.push(body.base);
  }
  await app.close();
  return bases;
}

const trusting = { 'trusted.proxies': '10.0.0.0/8,127.0.0.1' };

describe('links', () => {
  it('show what the client called us', async () => {
    expect(await baseOf({}, 'Host: proxy:8082', 'Host: proxy', 'Host: [::1]:8082')).toEqual([
      'http://proxy:8082',
      'http://proxy',
      'http://[::1]:8082',
    ]);
  });

  it('show the address of the connection when the Host is not one', async () => {
    const [base] = await baseOf({}, 'Host: a/b?c');
    expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('show the advertised listener of the scheme', async () => {
    const settings = {
      'advertised.listeners': 'https://secure.example.com,http://open.example.com:80',
      'host.name': 'other',
    };
    expect(await baseOf(settings, 'Host: proxy:8082')).toEqual(['http://open.example.com:80']);
  });

  it('show host.name, with a port when the request had one', async () => {
    const [withPort, without] = await baseOf(
      { 'host.name': 'me.example.com' },
      'Host: proxy:1',
      'Host: proxy',
    );
    expect(withPort).toMatch(/^http:\/\/me\.example\.com:\d+$/);
    expect(without).toBe('http://me.example.com');
  });

  it('encode every segment', async () => {
    const app = await ContractApp.start({}, { more: [probeModule(new Probe())] });
    const { json } = await app.request('/probe/link/a%2Fb%20c%25%C3%BC%3B');
    expect(json).toMatchObject({ link: `${app.url}/a/a%2Fb%20c%25%C3%BC%3B` });
    await app.close();
  });

  it('ignore forwarded headers unless the proxy in front is trusted', async () => {
    const head =
      'Host: proxy:1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example.com\r\nForwarded: host=evil';
    expect(await baseOf({}, head)).toEqual(['http://proxy:1']);
    expect(await baseOf({ 'trusted.proxies': '10.0.0.0/8' }, head)).toEqual(['http://proxy:1']);
  });

  it('believe everybody with network.forwarded.request.customizer.enable', async () => {
    const settings = { 'network.forwarded.request.customizer.enable': 'true' };
    expect(await baseOf(settings, 'Host: proxy:1\r\nX-Forwarded-Host: public.example.com')).toEqual([
      'http://public.example.com',
    ]);
  });

  it.each([
    ['X-Forwarded-Proto: https\r\nX-Forwarded-Host: public.example.com', 'https://public.example.com'],
    ['X-Forwarded-Proto: https\r\nX-Forwarded-Port: 443', 'https://proxy'],
    ['X-Forwarded-Proto: https\r\nX-Forwarded-Port: 8443', 'https://proxy:8443'],
    ['X-Forwarded-Host: public:99, inner\r\nX-Forwarded-Prefix: /kafka/rest/', 'http://public:99/kafka/rest'],
    ['Forwarded: for=1.2.3.4;proto=https;host="public:8443", for=10.1.1.1;host=inner', 'https://public:8443'],
    ['Forwarded: Proto=HTTPS;Host=public\r\nX-Forwarded-Host: other', 'https://public'],
    [
      'X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: a/b\r\nX-Forwarded-Port: x\r\nX-Forwarded-Prefix: //evil',
      'http://proxy:1',
    ],
  ])('read %j of a trusted proxy', async (head, expected) => {
    expect(await baseOf(trusting, `Host: proxy:1\r\n${head}`)).toEqual([expected]);
  });

  it('choose the advertised listener by the scheme that was forwarded', async () => {
    const settings = { ...trusting, 'advertised.listeners': 'https://secure.example.com' };
    expect(await baseOf(settings, 'Host: proxy:1\r\nX-Forwarded-Proto: https')).toEqual([
      'https://secure.example.com',
    ]);
  });
});
