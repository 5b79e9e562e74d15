import { parseIdentification } from './connection-settings.ts';
import { int, InvalidValue, oneOf, parsed, secret, splitList, text, type Setting } from './setting.ts';
import { tlsSettings } from './tls-settings.ts';

const parsePrefix = (given: string): string => {
  if (!/^[\w.:-]{1,100}$/.test(given)) {
    throw new InvalidValue('must be 1 to 100 letters, digits or any of . : _ -');
  }
  return given;
};

const parseUrls = (given: string): readonly URL[] =>
  splitList(given).map((item) => {
    const url = URL.parse(item);
    const known = url?.protocol === 'redis:' || url?.protocol === 'rediss:';
    const plain = url?.search === '' && url.hash === '' && /^(\/\d{0,4})?$/.test(url.pathname);
    if (!known || !plain || url.hostname === '') {
      throw new InvalidValue(
        'must be a list of redis://host:port or rediss://host:port, each perhaps with /database',
      );
    }
    return url;
  });

/** Hidden as a whole: what is wrong with a URL may be that its password was not encoded. */
const urls: Setting<readonly URL[]> = {
  ...parsed('list of redis:// or rediss:// URLs', '', parseUrls, {
    doc: 'Where Redis is: the server, the sentinels or some nodes of the cluster; `rediss` for TLS, `/1` for database 1. Empty: no Redis, and consumer instances are those of one replica. User and password may stand in it, URL-encoded.',
  }),
  secret: true,
};

/** What follows `redis.`: the store that replicas share. */
export const redisSettings = {
  url: urls,
  mode: oneOf(['standalone', 'sentinel', 'cluster'], 'standalone', {
    doc: 'What `redis.url` leads to. sentinel: `redis.sentinel.master` is required.',
  }),
  'sentinel.master': text('', { doc: 'Name under which the sentinels know the server.' }),
  username: text('', { doc: 'User (ACL). Empty: the default user.' }),
  password: secret({ doc: 'Password.' }),
  'sentinel.username': text('', { doc: 'User of the sentinels.' }),
  'sentinel.password': secret({ doc: 'Password of the sentinels.' }),
  'key.prefix': parsed('letters, digits, . : _ -', 'krest', parsePrefix, {
    doc: 'Begins every key, with a colon after it. Proxies that share it share their consumer instances.',
  }),
  'command.timeout.ms': int(1_000, {
    min: 50,
    max: 60_000,
    doc: 'Longest wait for an answer, in ms. Redis counts as unreachable after twice as long without any.',
  }),
  ...tlsSettings,
  'ssl.endpoint.identification.algorithm': parsed('https or empty', 'https', parseIdentification, {
    doc: "Whether a server's name must be in its certificate; empty: it need not.",
  }),
};
