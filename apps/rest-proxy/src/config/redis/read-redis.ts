import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';
import { clientTls } from '../kafka/tls.ts';
import type { Findings } from '../schema/findings.ts';
import { readSettings } from '../schema/read-settings.ts';
import { redisSettings } from '../schema/redis-settings.ts';
import type { ValuesOf } from '../schema/setting.ts';
import type { RawSettings } from '../sources/raw-settings.ts';

type Values = ValuesOf<typeof redisSettings>;

/**
 * The settings of Redis.
 *
 * @param raw those under `redis.`, prefix stripped
 * @returns undefined without a URL
 */
export const readRedis = (raw: RawSettings, findings: Findings): RedisSettings | undefined => {
  const values = readSettings(redisSettings, raw, findings);
  if (values.url.length === 0) return undefined;
  checkUrls(values, findings);
  checkSentinel(values, findings);
  return {
    mode: values.mode,
    urls: values.url.map(({ protocol, host, pathname }) => `${protocol}//${host}${pathname}`),
    sentinelMaster: orNone(values['sentinel.master']),
    ...userOf(values, findings),
    sentinelUsername: orNone(values['sentinel.username']),
    sentinelPassword: orNone(values['sentinel.password']),
    keyPrefix: values['key.prefix'],
    commandTimeoutMs: values['command.timeout.ms'],
    tls: tlsOf(values, raw, findings),
  };
};

const checkUrls = ({ url, mode }: Values, findings: Findings): void => {
  if (mode === 'standalone' && url.length > 1) {
    findings.problemOf('redis.url', 'must be one URL, unless redis.mode is sentinel or cluster');
  }
  if (new Set(url.map(({ protocol }) => protocol)).size > 1) {
    findings.problemOf('redis.url', 'must be redis:// or rediss:// throughout');
  }
  const databases = new Set(url.map(({ pathname }) => Number(pathname.slice(1))));
  if (databases.size > 1) findings.problemOf('redis.url', 'must have the same database throughout');
  else if (mode === 'cluster' && !databases.has(0)) {
    findings.problemOf('redis.url', 'must not have a database: a cluster has none');
  }
};

const checkSentinel = (values: Values, findings: Findings): void => {
  const [master, username] = [values['sentinel.master'], values['sentinel.username']];
  if (values.mode === 'sentinel') {
    if (master === '') findings.problemOf('redis.sentinel.master', 'required with redis.mode=sentinel');
    if (username !== '' && values['sentinel.password'] === '') {
      findings.problemOf('redis.sentinel.password', 'required with redis.sentinel.username');
    }
  } else if (master !== '') {
    findings.problemOf('redis.sentinel.master', 'is for redis.mode=sentinel');
  }
};

const userOf = (values: Values, findings: Findings): Pick<RedisSettings, 'username' | 'password'> => {
  const named = values.url.find((url) => url.username !== '' || url.password !== '');
  if (named !== undefined && values.mode === 'sentinel') {
    findings.problemOf(
      'redis.url',
      'must be without user and password where it leads to sentinels: see redis.password, redis.sentinel.password',
    );
  }
  const username = orNone(values.username) ?? decoded(named?.username, findings);
  const password = orNone(values.password) ?? decoded(named?.password, findings);
  if (username !== undefined && password === undefined) {
    findings.problemOf('redis.password', 'required with redis.username');
  }
  return { username, password };
};

const decoded = (part: string | undefined, findings: Findings): string | undefined => {
  try {
    return orNone(decodeURIComponent(part ?? ''));
  } catch {
    findings.problemOf('redis.url', 'has a user or a password that is not URL-encoded');
    return undefined;
  }
};

const tlsOf = (values: Values, raw: RawSettings, findings: Findings): RedisSettings['tls'] => {
  if (values.url.some(({ protocol }) => protocol === 'rediss:')) return clientTls(values, raw, findings);
  const [given] = raw.under('ssl.').entries();
  if (given !== undefined) findings.warning(given[1], 'has no effect: redis.url is without TLS (rediss://)');
  return {};
};

const orNone = (value: string): string | undefined => (value === '' ? undefined : value);
