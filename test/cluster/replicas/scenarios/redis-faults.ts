import { leaseMs } from '../deployment.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Redis dies and comes back empty. */
export const redisKill: Scenario = {
  name: 'redis-kill',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      await stage.fault('kill -9 Redis for 2 s', () =>
        deployment.restartRedis(2_000, (ms) => stage.pass(ms)),
      );
      await known(stage);
      await load.flowing();
    }
  },
};

/** Redis loses everything, once at a quiet time and once just before an owner dies. */
export const redisFlush: Scenario = {
  name: 'redis-flush',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      await stage.fault('FLUSHALL', () => deployment.flushRedis());
      await known(stage);
      await load.flowing();
      const { plan } = stage.pick(load.consumers);
      const owner = await deployment.owner(plan.group, plan.name);
      await stage.fault('FLUSHALL', () => deployment.flushRedis());
      // Owners publish again what they hold; whoever dies before has told nobody.
      await known(stage);
      await stage.kill(owner);
      await load.flowing();
      await owner.start();
      await load.flowing();
    }
  },
};

/** Redis answers nobody for longer than a lease. */
export const redisFreeze: Scenario = {
  name: 'redis-freeze',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      await stage.fault('SIGSTOP Redis for 6 s', async () => {
        deployment.redis.pause();
        await stage.pass(2 * leaseMs);
        deployment.redis.resume();
        await load.flowing();
      });
    }
  },
};

/** One replica does not reach Redis: it thinks that it owns what the others take over. */
export const redisCut: Scenario = {
  name: 'redis-cut',
  deployment: { severs: 'redis' },
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      const how = stage.pick(['refuse', 'silence'] as const);
      await stage.fault(`replica-1 cut off from Redis (${how}) for 9 s`, async () => {
        deployment.redisLink?.cut(how);
        await stage.pass(3 * leaseMs);
        deployment.redisLink?.join();
        await load.flowing();
      });
      await load.flowing();
    }
  },
};

/** Creating consumers while Redis is down is refused with 503, and nothing else is. */
export const redisDownCreate: Scenario = {
  name: 'redis-down-create',
  async run(stage) {
    const { deployment, load } = stage;
    const { topic } = load;
    const created = Array.from({ length: 3 * stage.rounds }, (_, index) =>
      load.consumer({
        group: `${topic}-late`,
        name: `c${index}`,
        topic,
        autoCommit: false,
        commitEvery: 0,
        followsBaseUri: false,
        hangsUpPercent: 0,
        longPollMs: 500,
      }),
    );
    await stage.fault('kill -9 Redis while consumers are created', () =>
      deployment.restartRedis(500, async (ms) => {
        await stage.pass(ms);
        for (const each of created) await each.create(undefined, [200, 503]);
        await load.flowing();
      }),
    );
    for (const each of created) {
      await stage.until('a create', async () => (await each.create(undefined, [200, 409, 503])).status < 500);
      await each.delete();
    }
    await load.flowing();
  },
};

/** Waits until Redis knows all instances again. */
async function known(stage: Stage): Promise<void> {
  const { deployment, load } = stage;
  for (const { plan } of load.consumers) {
    await stage.until(`${plan.name} in Redis`, () =>
      deployment.isKnown(plan.group, plan.name).catch(() => false),
    );
  }
}
