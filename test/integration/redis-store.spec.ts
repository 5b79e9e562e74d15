import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { layoutVersion } from '#libs/replicas/placement.ts';
import { RedisConnection } from '#libs/replicas/redis/redis-connection.ts';
import { RedisInstanceStore } from '#libs/replicas/redis/redis-instance-store.ts';
import { sharedRedis } from '../support/shared-servers.ts';
import { uniqueName } from '../support/unique-name.ts';
import { instanceStoreContract, type StoreUnderTest } from './port-instance-store.contract.ts';
import { redisSettings, StoreProbe } from './redis-fixture.ts';

describe('RedisInstanceStore', () => {
  const prefix = uniqueName('krest');
  let redis: RedisConnection;
  let direct: Redis;
  let underTest: StoreUnderTest;

  beforeAll(async () => {
    const url = await sharedRedis();
    direct = new Redis(url);
    redis = new RedisConnection(redisSettings(url), new StoreProbe());
    await redis.whenUp(10_000);
    underTest = {
      store: new RedisInstanceStore(redis, prefix),
      newer: new RedisInstanceStore(redis, prefix, layoutVersion + 1),
      flush: async () => {
        const keys = await direct.keys(`${prefix}:*`);
        if (keys.length > 0) await direct.del(keys);
      },
    };
  });
  afterAll(() => {
    redis.close();
    direct.disconnect();
  });

  instanceStoreContract(() => underTest);
});
