import type { ReplicaEvents } from '#libs/replicas/replica-events.ts';
import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';

export function redisSettings(
  urls: string | readonly string[],
  other: Partial<RedisSettings> = {},
): RedisSettings {
  return {
    mode: 'standalone',
    urls: typeof urls === 'string' ? [urls] : urls,
    sentinelMaster: undefined,
    username: undefined,
    password: undefined,
    sentinelUsername: undefined,
    sentinelPassword: undefined,
    keyPrefix: 'krest',
    commandTimeoutMs: 1_000,
    tls: {},
    ...other,
  };
}

/** Whether the store was said to be up, each time that it changed. */
export class StoreProbe implements Pick<ReplicaEvents, 'storeIsUp'> {
  readonly changes: boolean[] = [];

  storeIsUp(up: boolean): void {
    this.changes.push(up);
  }
}
