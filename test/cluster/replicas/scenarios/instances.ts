import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { WorkloadConsumer } from '../workload-consumer.ts';

/**
 * Consumers are deleted while their owner dies, or while Redis is emptied: what is gone stays gone. Not both at once: what
 * a replica held that died before it could publish it again is known to nobody.
 */
export const deleteRaces: Scenario = {
  name: 'delete-races',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      const doomed = Array.from({ length: 8 }, (_, index) => extra(stage, 'doomed', `r${round}-${index}`));
      for (const each of doomed) {
        await each.create(stage.pick(deployment.running).url);
        await each.subscribe();
      }
      const [first] = doomed;
      if (first === undefined) return;
      const owner = await deployment.owner(first.plan.group, first.plan.name);
      const flushes = stage.random(2) === 0;
      if (flushes) await stage.fault('FLUSHALL', () => deployment.flushRedis());
      else await stage.kill(owner);
      await Promise.all(
        doomed.map(async (each) => {
          await stage.pass(stage.random(flushes ? 500 : 4_000));
          await each.delete();
        }),
      );
      if (!flushes) await owner.start();
      await load.flowing();
      await stage.fault('FLUSHALL', () => deployment.flushRedis());
      await load.flowing();
      for (const each of doomed) {
        for (const replica of deployment.running) {
          const { status } = await load.http.send(`${replica.url}${each.path}/subscription`, {
            method: 'GET',
          });
          if (status !== 404) {
            stage.complain(`${each.name} was deleted, and ${replica.name} answers ${status} for it`);
          }
        }
      }
    }
  },
};

/** The same name is created at two replicas at once: one gets it. */
export const createTwice: Scenario = {
  name: 'create-twice',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds * 20; round += 1) {
      const one = extra(stage, 'twice', `c${round}`);
      const [left, right] = [...deployment.running].sort(() => stage.random(3) - 1);
      const answers = await Promise.all([
        one.create(left?.url, [200, 409]),
        one.create(right?.url, [200, 409]),
      ]);
      const statuses = answers.map(({ status }) => status).join(' and ');
      if (statuses !== '200 and 409' && statuses !== '409 and 200') {
        stage.complain(`${one.name} was created at two replicas at once: ${statuses}`);
      }
      await one.subscribe();
      await one.delete();
    }
    await load.flowing();
  },
};

/** The owner of one of five members dies: the other four notice nothing. */
export const groupOfFive: Scenario = {
  name: 'group-of-five',
  load: { single: 0, groups: [5], manual: 0, partitions: 10, createdAt: [0, 1, 1, 2, 2] },
  async run(stage) {
    const { deployment, load } = stage;
    const { kafka } = deployment;
    const [moving] = load.consumers;
    if (moving === undefined) return;
    const { group, name } = moving.plan;
    const isStable = async (): Promise<boolean> => {
      const { state, memberIds } = await kafka.members(group);
      return state === 'Stable' && memberIds.length === load.consumers.length;
    };
    await stage.until('a group of five', isStable, 60_000);
    for (let round = 0; round < stage.rounds; round += 1) {
      const owner = await deployment.owner(group, name);
      const before = await kafka.members(group);
      const rebalances = kafka.rebalances(group).length;
      await stage.kill(owner);
      await deployment.owner(group, name, (each) => each !== owner);
      await load.flowing();
      await stage.until('a group of five again', isStable);
      const after = await kafka.members(group);
      const stayed = before.memberIds.filter((id) => after.memberIds.includes(id));
      // In the first round one instance lies with the victim; later there may be more.
      if (round === 0 && stayed.length < 4) stage.complain(`of five members ${stayed.length} kept their ids`);
      const more = kafka.rebalances(group).slice(rebalances);
      if (more.length > 0) stage.complain(`the group rebalanced: ${more.join(' | ')}`);
      await owner.start();
      await load.flowing();
    }
  },
};

function extra(stage: Stage, group: string, name: string): WorkloadConsumer {
  const { topic } = stage.load;
  return stage.load.consumer({
    group: `${topic}-${group}`,
    name,
    topic,
    autoCommit: false,
    commitEvery: 5,
    followsBaseUri: false,
    hangsUpPercent: 0,
    longPollMs: 500,
  });
}
