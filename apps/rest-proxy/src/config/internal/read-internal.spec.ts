import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';

describe('the internal listeners', () => {
  it('are on port 8083, and not required, unless the operator says something', () => {
    const { internal } = configOf({});

    expect(internal).toEqual({
      listeners: [{ name: 'http', protocol: 'http', host: '0.0.0.0', port: 8083, tls: undefined }],
      required: false,
    });
  });

  it('may be others, or none', () => {
    const { internal } = configOf({
      'internal.listeners': 'PEERS://[::1]:0,http://:9',
      'listener.protocol.map': 'PEERS:http',
    });

    expect(internal.required).toBe(true);
    expect(internal.listeners).toMatchObject([
      { name: 'peers', host: '::1', port: 0 },
      { host: '0.0.0.0', port: 9 },
    ]);
    expect(configOf({ 'internal.listeners': '' }).internal.listeners).toEqual([]);
  });

  it.each([
    [{ 'internal.listeners': 'localhost:1' }, 'internal.listeners: must be a list of'],
    [{ 'internal.listeners': 'http://a:1,http://a:1' }, 'internal.listeners: has the same address twice'],
    [{ 'internal.listeners': 'https://a:1' }, 'ssl.keystore.location: required for the https listener'],
    [
      { 'internal.listeners': 'http://10.0.0.1:8082' },
      'internal.listeners: port 8082 of 10.0.0.1 is that of',
    ],
  ])('are refused: %j', (given, problem) => {
    expect(problemsOf(() => configOf(given))).toEqual([expect.stringContaining(problem)]);
  });

  it('are required with Redis: other replicas ask there', () => {
    const given = { 'redis.url': 'redis://a:1', 'internal.secret': 'long enough to be one' };

    expect(configOf(given).internal.required).toBe(true);
  });

  it('may have the port of another address', () => {
    const given = { listeners: 'http://10.0.0.1:80', 'internal.listeners': 'http://10.0.0.2:80' };

    expect(configOf(given).internal.listeners).toHaveLength(1);
  });
});

describe('metrics.topics', () => {
  it('names topics', () => {
    expect(configOf({}).metrics.topics).toEqual([]);
    expect(configOf({ 'metrics.topics': 'orders, payments' }).metrics.topics).toEqual(['orders', 'payments']);
  });
});
