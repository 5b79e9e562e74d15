import type { RawSettings } from '../sources/raw-settings.ts';
import { adminSettings } from './admin-settings.ts';
import { connectionSettings } from './connection-settings.ts';
import { consumerSettings } from './consumer-settings.ts';
import { internalSettings } from './internal-settings.ts';
import { metricsSettings } from './metrics-settings.ts';
import { ownSettings } from './own-settings.ts';
import { producerSettings } from './producer-settings.ts';
import { proxySettings } from './proxy-settings.ts';
import { redisSettings } from './redis-settings.ts';
import { replicaSettings } from './replica-settings.ts';
import { registrySettings } from './registry-settings.ts';
import { withoutUserInfo } from './redaction.ts';
import { serverSettings } from './server-settings.ts';
import type { Setting, SettingTable } from './setting.ts';
import { listenerTlsSettings } from './tls-settings.ts';

/** Settings that are read under their whole key; they go before prefixes that mean others. */
export const topLevelSettings = {
  ...proxySettings,
  ...serverSettings,
  ...ownSettings,
  ...internalSettings,
  ...replicaSettings,
  ...metricsSettings,
};

/** What may differ from listener to listener. */
export const listenerSettings = {
  ...listenerTlsSettings,
  'authentication.method': serverSettings['authentication.method'],
  'authentication.realm': serverSettings['authentication.realm'],
  'authentication.roles': serverSettings['authentication.roles'],
  'authentication.skip.paths': serverSettings['authentication.skip.paths'],
};

export interface PassThrough {
  readonly prefix: string;
  readonly client: string;
  readonly table: SettingTable;
}

/** Prefixes whose keys are those of Kafka's Java clients. */
export const passThrough: readonly PassThrough[] = [
  {
    prefix: 'client.',
    client: 'Kafka clients',
    table: { ...adminSettings, ...consumerSettings, ...producerSettings, ...connectionSettings },
  },
  { prefix: 'producer.', client: 'Kafka producer', table: producerSettings },
  { prefix: 'consumer.', client: 'Kafka consumer', table: consumerSettings },
  { prefix: 'admin.', client: 'Kafka admin client', table: adminSettings },
  { prefix: 'schema.registry.', client: 'schema registry client', table: registrySettings },
  { prefix: 'redis.', client: 'Redis client', table: redisSettings },
];

/** Whether a key is the proxy's own although it begins like a pass-through. */
export const isTopLevel = (key: string): boolean => Object.hasOwn(topLevelSettings, key);

/** The setting that a key means; undefined for keys that nothing is known of. */
export const settingOf = (key: string): Setting<unknown> | undefined => {
  const found =
    own(topLevelSettings, key) ??
    own(listenerTlsSettings, key) ??
    own(listenerSettings, key.replace(/^listener\.name\.[^.]+\./, ''));
  if (found !== undefined) return found;
  const route = passThrough.find(({ prefix }) => key.startsWith(prefix));
  return route && own(route.table, key.slice(route.prefix.length));
};

export const own = (table: SettingTable, key: string): Setting<unknown> | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/**
 * What was given, as it may be logged: the values of known settings that are no secrets; all others hidden.
 *
 * Hidden unless known to be harmless: a new kind of key cannot leak by being forgotten here.
 */
export const redacted = (raw: RawSettings): Readonly<Record<string, string>> => {
  const shown = raw.entries().map(([key, { value }]) => {
    const setting = settingOf(key);
    return [key, setting === undefined || setting.secret ? '[hidden]' : withoutUserInfo(value)] as const;
  });
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
};
