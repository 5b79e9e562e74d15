import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisSettings } from './redis-settings.ts';

export type RedisClient = Redis | Cluster;

const firstPauseMs = 50;
const longestPauseMs = 1_000;
const defaultPort = 6379;
const defaultSentinelPort = 26_379;

/**
 * A client that begins to connect at once, and does so again for ever.
 *
 * What cannot be sent now, or was not answered in time, fails: nothing is queued and nothing is sent twice, because
 * whoever asked knows better whether to ask again.
 */
export function redisClient(settings: RedisSettings): RedisClient {
  const nodes = settings.urls.map((url) => new URL(url));
  const secure = nodes.some(({ protocol }) => protocol === 'rediss:');
  const options = optionsOf(settings, secure);
  switch (settings.mode) {
    case 'standalone':
      return new Redis({
        ...options,
        ...addressOf(nodes[0], defaultPort),
        db: databaseOf(nodes[0]),
        enableOfflineQueue: false,
        retryStrategy: pauseMs,
      });
    case 'sentinel':
      return new Redis({
        ...options,
        db: databaseOf(nodes[0]),
        sentinels: nodes.map((node) => addressOf(node, defaultSentinelPort)),
        name: settings.sentinelMaster,
        sentinelUsername: settings.sentinelUsername,
        sentinelPassword: settings.sentinelPassword,
        sentinelCommandTimeout: settings.commandTimeoutMs,
        sentinelRetryStrategy: pauseMs,
        enableTLSForSentinelMode: secure,
        ...(secure && { sentinelTLS: settings.tls }),
        enableOfflineQueue: false,
        retryStrategy: pauseMs,
      });
    case 'cluster':
      return new Cluster(
        nodes.map((node) => addressOf(node, defaultPort)),
        {
          redisOptions: options,
          enableOfflineQueue: false,
          slotsRefreshTimeout: settings.commandTimeoutMs,
          slotsRefreshInterval: 10_000,
          // Failures that last for some milliseconds while a cluster changes are tried again in that time.
          maxRedirections: 4,
          retryDelayOnFailover: 50,
          retryDelayOnClusterDown: 50,
          retryDelayOnTryAgain: 50,
          clusterRetryStrategy: pauseMs,
          // Certificates are made out for names.
          ...(secure && { dnsLookup: (address, callback) => callback(null, address) }),
        },
      );
  }
}

function optionsOf(settings: RedisSettings, secure: boolean) {
  const { commandTimeoutMs } = settings;
  return {
    username: settings.username,
    password: settings.password,
    ...(secure && { tls: { ...settings.tls } }),
    connectionName: 'kafka-rest-proxy',
    // Every server and every proxy in front of one speaks it; nothing here needs the next one.
    protocol: 2,
    connectTimeout: commandTimeoutMs,
    commandTimeout: commandTimeoutMs,
    // A server that is silent for so long gets a new connection, and no more commands meanwhile.
    socketTimeout: 2 * commandTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    maxLoadingRetryTime: longestPauseMs,
    // The server has become a replica: the new primary is perhaps behind the same name.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  } satisfies RedisOptions;
}

function addressOf(url: URL | undefined, port: number): { readonly host: string; readonly port: number } {
  const host = (url?.hostname ?? '').replace(/^\[(.*)\]$/, '$1');
  return { host, port: url === undefined || url.port === '' ? port : Number(url.port) };
}

const databaseOf = (url: URL | undefined): number => Number(url?.pathname.slice(1) ?? 0);

const pauseMs = (times: number): number =>
  Math.min(firstPauseMs * 2 ** Math.min(times - 1, 10), longestPauseMs) * (0.75 + Math.random() / 2);
