import { hostname } from 'node:os';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';
import { readConfig } from '../read-config.ts';

const redis = { 'redis.url': 'redis://cache:6379' };

describe('the settings of replicas', () => {
  it('are not there without Redis', () => {
    expect(configOf({ 'internal.secret': 's3cret' }).replicas).toBeUndefined();
    expect(configOf({ 'redis.url': '' }).replicas).toBeUndefined();
  });

  it('have defaults', () => {
    expect(configOf({ ...redis, 'internal.secret': 's3cret' }).replicas).toEqual({
      address: `http://${hostname()}:8083`,
      leaseMs: 6_000,
      renewMs: 2_000,
      mutualTls: false,
      hop: { secret: 's3cret', acceptedSecrets: ['s3cret'], tls: undefined, checksHost: true },
    });
  });

  it.each([
    ['10.1.2.3', 'http://10.1.2.3:8083'],
    ['fd00::1', 'http://[fd00::1]:8083'],
  ])('take the address of the pod: %s', (podIp, address) => {
    const environment = {
      KAFKA_REST_BOOTSTRAP_SERVERS: 'broker:9092',
      KAFKA_REST_REDIS_URL: 'redis://cache:6379',
      KAFKA_REST_INTERNAL_SECRET: 's',
      POD_IP: podIp,
    };

    expect(readConfig(environment, []).replicas?.address).toBe(address);
  });

  it('take the address that is advertised', () => {
    const given = {
      ...redis,
      'internal.secret': 's',
      'internal.advertised.url': 'http://me.example.com:99/',
    };

    expect(configOf(given).replicas?.address).toBe('http://me.example.com:99');
  });

  it.each([
    [{}, 'internal.secret: required with redis.url'],
    [{ 'internal.secret': ' , ' }, 'internal.secret: required with redis.url'],
    [{ 'internal.secret': 'new,schlüssel' }, 'internal.secret: must be printable ASCII'],
    [{ 'internal.secret': 's', 'internal.listeners': '' }, 'redis.url: needs internal.listeners'],
    [
      { 'internal.secret': 's', 'replica.lease.ms': '4000' },
      'replica.lease.renew.ms: must be less than half',
    ],
    [
      { 'internal.secret': 's', 'internal.advertised.url': 'http://a/b' },
      'internal.advertised.url: must be http://host:port',
    ],
  ])('are refused: %j', (given, problem) => {
    expect(problemsOf(() => configOf({ ...redis, ...given }))).toEqual([expect.stringContaining(problem)]);
  });

  it('take several secrets: the first is sent, all are accepted', () => {
    const { hop } = configOf({ ...redis, 'internal.secret': 'new one, old one' }).replicas ?? {};

    expect(hop).toMatchObject({ secret: 'new one', acceptedSecrets: ['new one', 'old one'] });
  });

  it('hide the secrets', () => {
    const config = configOf({ ...redis, 'internal.secret': 's3cret,s4cret' });

    expect(config.describe()).toMatchObject({ 'internal.secret': '[hidden]' });
    expect(JSON.stringify(config) + inspect(config)).not.toMatch(/s[34]cret/);
    const refused = problemsOf(() => configOf({ ...redis, 'internal.secret': 's3cret,s4cret-ä' }));
    expect(refused.join()).not.toMatch(/s[34]cret/);
  });
});
