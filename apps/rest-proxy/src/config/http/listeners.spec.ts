import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../tls/fixtures', name);

describe('the listeners', () => {
  const store = { 'ssl.keystore.location': fixture('rsa.p12'), 'ssl.keystore.password': 'store-password' };

  it('may be several, named, on IPv6', () => {
    const { http } = configOf({
      listeners: 'http://:8082,INTERNAL://[::1]:0',
      'listener.protocol.map': 'internal:http',
      port: '9999',
    });

    expect(http.listeners).toEqual([
      { name: 'http', protocol: 'http', host: '0.0.0.0', port: 8082, tls: undefined },
      { name: 'internal', protocol: 'http', host: '::1', port: 0, tls: undefined },
    ]);
  });

  it('have certificates where they speak https, and those of their own first', () => {
    const { http } = configOf({
      ...store,
      listeners: 'https://a:1,EXTERNAL://b:2,http://c:3',
      'listener.protocol.map': 'EXTERNAL:https',
      'listener.name.external.ssl.keystore.location': fixture('ec.p12'),
      'listener.name.external.ssl.client.authentication': 'REQUIRED',
      'listener.name.external.ssl.truststore.location': fixture('trust.jks'),
    });

    const [first, second, third] = http.listeners.map(({ tls }) => tls);
    expect(first?.cert).not.toEqual(second?.cert);
    expect(first).not.toHaveProperty('requestCert');
    expect(second).toMatchObject({ requestCert: true, rejectUnauthorized: true });
    expect(third).toBeUndefined();
  });

  it.each([
    [{ 'ssl.client.authentication': 'REQUESTED' }, { requestCert: true, rejectUnauthorized: false }],
    [{ 'ssl.client.auth': 'true' }, { requestCert: true, rejectUnauthorized: true }],
  ])('ask for certificates of clients: %j', (given, expected) => {
    const { http } = configOf({
      ...store,
      ...given,
      listeners: 'https://a:1',
      'ssl.truststore.location': fixture('trust.jks'),
    });

    expect(http.listeners[0]?.tls).toMatchObject(expected);
  });

  it('need a key for https, and a trust store to ask clients for certificates', () => {
    expect(problemsOf(() => configOf({ listeners: 'https://a:1' }))).toEqual([
      'ssl.keystore.location: required for the https listener https',
    ]);
    expect(
      problemsOf(() =>
        configOf({ ...store, listeners: 'https://a:1', 'ssl.client.authentication': 'REQUIRED' }),
      ),
    ).toEqual([expect.stringContaining('ssl.client.authentication: needs ssl.truststore.location')]);
    const leaf = { 'ssl.client.authentication': 'REQUIRED', 'ssl.truststore.location': fixture('leaf.pem') };
    expect(problemsOf(() => configOf({ ...store, ...leaf, listeners: 'https://a:1' }))).toEqual([
      expect.stringContaining('ssl.truststore.location: needs the root'),
    ]);
  });

  it.each([
    [{}, 0, 0],
    [{ 'server.connection.limit': '5' }, 5, 0],
    [{ 'connector.connection.limit': '7' }, 7, 0],
    [{ 'server.connection.limit': '9', 'connector.connection.limit': '7' }, 7, 0],
    [{ listeners: 'http://a:1,http://b:2', 'connector.connection.limit': '7' }, 0, 1],
  ])('have a limit of connections: %j', (given, limit, warnings) => {
    const config = configOf(given);

    expect([config.http.connectionLimit, config.warnings.length]).toEqual([limit, warnings]);
  });

  it('may be advertised, one a scheme', () => {
    const { http } = configOf({ 'advertised.listeners': 'https://rest.example.com,http://[::1]:80' });

    expect(http.advertisedListeners).toEqual([
      { protocol: 'https', host: 'rest.example.com', port: undefined },
      { protocol: 'http', host: '[::1]', port: 80 },
    ]);
  });

  it('believe forwarded headers of everybody only where nobody is named', () => {
    const enabled = { 'network.forwarded.request.customizer.enable': 'true' };

    expect(configOf({}).http.trustedProxies).toEqual([]);
    expect(configOf(enabled).http.trustedProxies).toEqual(['0.0.0.0/0', '::/0']);
    expect(configOf({ ...enabled, 'trusted.proxies': '10.0.0.0/8, ::1' }).http.trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
  });
});
