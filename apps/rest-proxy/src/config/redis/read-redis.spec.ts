import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';
import type { Config } from '../config.ts';

const configWith = (settings: Readonly<Record<string, string>>): Config =>
  configOf({
    'internal.secret': 'between us',
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`redis.${key}`, value])),
  });

const redisOf = (settings: Readonly<Record<string, string>>): RedisSettings | undefined =>
  configWith(settings).redis;

describe('readRedis', () => {
  it('has no Redis without a URL', () => {
    expect(redisOf({})).toBe(undefined);
    expect(redisOf({ url: '' })).toBe(undefined);
  });

  it('needs no more than a URL', () => {
    expect(redisOf({ url: 'redis://cache:6379' })).toEqual({
      mode: 'standalone',
      urls: ['redis://cache:6379'],
      sentinelMaster: undefined,
      username: undefined,
      password: undefined,
      sentinelUsername: undefined,
      sentinelPassword: undefined,
      keyPrefix: 'krest',
      commandTimeoutMs: 1_000,
      tls: {},
    });
  });

  it('takes user and password from the URL, and out of it', () => {
    expect(redisOf({ url: 'redis://ada:p%40ss%2F@[::1]:1/3' })).toMatchObject({
      urls: ['redis://[::1]:1/3'],
      username: 'ada',
      password: 'p@ss/',
    });
    expect(redisOf({ url: 'redis://:secret@cache' })).toMatchObject({
      urls: ['redis://cache'],
      username: undefined,
      password: 'secret',
    });
  });

  it('lets the settings for user and password go first', () => {
    expect(redisOf({ url: 'redis://a:b@cache', username: 'c', password: 'd' })).toMatchObject({
      username: 'c',
      password: 'd',
    });
  });

  it('knows sentinels and clusters', () => {
    expect(
      redisOf({
        url: 'redis://a:1/2, redis://b:2/2',
        mode: 'SENTINEL',
        'sentinel.master': 'main',
        'sentinel.username': 'watcher',
        'sentinel.password': 's',
        'key.prefix': 'orders:krest',
        'command.timeout.ms': '250',
      }),
    ).toMatchObject({
      mode: 'sentinel',
      urls: ['redis://a:1/2', 'redis://b:2/2'],
      sentinelMaster: 'main',
      sentinelUsername: 'watcher',
      sentinelPassword: 's',
      keyPrefix: 'orders:krest',
      commandTimeoutMs: 250,
    });
    expect(redisOf({ url: 'redis://a,redis://b:7000', mode: 'cluster' })).toMatchObject({
      mode: 'cluster',
      urls: ['redis://a', 'redis://b:7000'],
    });
  });

  it('has TLS with rediss', () => {
    const redis = redisOf({ url: 'rediss://cache', 'ssl.endpoint.identification.algorithm': '' });

    expect(redis?.urls).toEqual(['rediss://cache']);
    expect(redis?.tls.secureContext).toBeDefined();
    expect(redis?.tls.checkServerIdentity).toBeDefined();
  });

  it('warns of TLS settings without TLS', () => {
    const { warnings } = configWith({ url: 'redis://cache', 'ssl.truststore.location': '/ca.pem' });

    expect(warnings).toEqual([
      expect.stringContaining('redis.ssl.truststore.location: has no effect: redis.url is without TLS'),
    ]);
  });

  it.each([
    [{ url: 'cache:6379' }, 'redis.url: must be a list of redis://host:port'],
    [{ url: 'http://cache' }, 'redis.url: must be a list of redis://host:port'],
    [{ url: 'redis://cache/one' }, 'redis.url: must be a list of redis://host:port'],
    [{ url: 'redis://cache?db=1' }, 'redis.url: must be a list of redis://host:port'],
    [{ url: 'redis://a,redis://b' }, 'redis.url: must be one URL'],
    [{ url: 'redis://a,rediss://b', mode: 'cluster' }, 'redis.url: must be redis:// or rediss:// throughout'],
    [{ url: 'redis://a/1', mode: 'cluster' }, 'redis.url: must not have a database'],
    [{ url: 'redis://a', mode: 'sentinel' }, 'redis.sentinel.master: required with redis.mode=sentinel'],
    [{ url: 'redis://a', 'sentinel.master': 'm' }, 'redis.sentinel.master: is for redis.mode=sentinel'],
    [
      { url: 'redis://:p@a', mode: 'sentinel', 'sentinel.master': 'm' },
      'redis.url: must be without user and password where it leads to sentinels',
    ],
    [
      { url: 'redis://a', mode: 'sentinel', 'sentinel.master': 'm', 'sentinel.username': 'u' },
      'redis.sentinel.password: required with redis.sentinel.username',
    ],
    [{ url: 'redis://a', mode: 'ring' }, 'redis.mode: must be one of standalone, sentinel, cluster'],
    [{ url: 'redis://a', username: 'u' }, 'redis.password: required with redis.username'],
    [{ url: 'redis://u:%zz@a' }, 'redis.url: has a user or a password that is not URL-encoded'],
    [{ url: 'redis://a', 'key.prefix': '{x}' }, 'redis.key.prefix: must be 1 to 100 letters'],
    [{ url: 'redis://a', 'command.timeout.ms': '5' }, 'redis.command.timeout.ms: must be an integer from 50'],
    [
      { url: 'rediss://a', 'ssl.truststore.location': '/not/there.pem' },
      'redis.ssl.truststore.location: cannot read /not/there.pem',
    ],
  ])('refuses %j', (settings, problem) => {
    expect(problemsOf(() => configWith(settings))).toContainEqual(expect.stringContaining(problem));
  });

  it('shows no secret, whatever is wrong', () => {
    const secrets = ['hunter2', 'hunter3', 'hunter4'];
    const config = configWith({
      url: 'redis://ada:hunter2@cache',
      password: 'hunter3',
      'sentinel.password': 'hunter4',
    });
    const shown = [inspect(config), JSON.stringify(config), ...config.warnings].join();
    const problems = problemsOf(() => configWith({ url: 'redis://ada:hunter2/hunter3,hunter4@cache' }));

    for (const secret of secrets) {
      expect(shown).not.toContain(secret);
      expect(problems.join()).not.toContain(secret);
    }
    expect(problems).not.toEqual([]);
  });
});
