import type { Replica } from '../replica.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { leaseMs } from '../deployment.ts';

/** More than connections take in while nobody reads at the other end. */
const largeBytes = 6_000_000;

/** Kills the owner of some consumer's instance; a new process takes its place. */
export const killOwner: Scenario = {
  name: 'kill-owner',
  async run(stage) {
    for (let round = 0; round < stage.rounds; round += 1) {
      const { plan } = stage.pick(stage.load.consumers);
      const owner = await stage.deployment.owner(plan.group, plan.name);
      await stage.pass(stage.random(500));
      await stage.kill(owner);
      await stage.load.flowing();
      await owner.start();
      await stage.load.flowing();
    }
  },
};

/**
 * Kills the replica between client and owner when the first bytes of an answer have come and most have not: what the
 * owner has handed over and the client never saw.
 */
export const killForwarder: Scenario = {
  name: 'kill-forwarder',
  // Answers that are longer than what the connections hold.
  deployment: {
    env: {
      KAFKA_REST_CONSUMER_FETCH_MAX_BYTES: '30000000',
      KAFKA_REST_CONSUMER_MAX_PARTITION_FETCH_BYTES: '10000000',
    },
  },
  load: { padding: 10_000, recordsPerSecond: 300, single: 2, groups: [], manual: 1, commitEvery: 1 },
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds * 2; round += 1) {
      const consumer = stage.pick(load.consumers);
      const { group, name } = consumer.plan;
      await consumer.stop();
      // Something to read, more than a connection takes in at once.
      const from = load.producer.count;
      await stage.until('a large answer', () => load.producer.count > from + 1_000, 60_000);
      const owner = await deployment.owner(group, name);
      const forwarder = stage.pick(deployment.running.filter((each) => each !== owner));
      const onFirstBytes = async (length: number | undefined): Promise<void> => {
        if (length === undefined || length > largeBytes) await stage.kill(forwarder);
      };
      // What was fetched before the pause comes first, and is small.
      for (let reads = 0; reads < 10 && forwarder.isRunning; reads += 1) {
        await consumer.read({ at: forwarder.url, onFirstBytes });
      }
      if (forwarder.isRunning) stage.complain('no answer was large enough to be cut');
      consumer.run();
      await forwarder.start();
      await load.flowing();
    }
  },
};

/** Kills a replica the moment that somebody's answer has begun, again and again, while all others go on. */
export const aimedKills: Scenario = {
  name: 'aimed-kills',
  load: { padding: 1_000 },
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds * 3; round += 1) {
      const consumer = stage.pick(load.consumers);
      await consumer.stop();
      await stage.pass(stage.random(1_000));
      const at = stage.pick(deployment.running);
      const owner = await deployment.owner(consumer.plan.group, consumer.plan.name);
      const victim = stage.random(2) === 0 ? at : owner;
      let killed = false;
      const kill = async (): Promise<void> => {
        if (stage.random(2) === 0) await stage.pass(stage.random(5));
        killed = true;
        await stage.kill(victim);
      };
      await consumer.read({ at: at.url, onFirstBytes: kill });
      if (!killed) await kill();
      consumer.run();
      await load.flowing();
      await victim.start();
    }
  },
};

/** Kills the owner, and whoever adopts, the moment that Redis names it. */
export const killDuringAdoption: Scenario = {
  name: 'kill-during-adoption',
  deployment: { replicas: 4 },
  // Two deaths, one after the other: the second lease begins when the first is over.
  limits: { slowestReadMs: 2 * leaseMs + 1_500 },
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      const { plan } = stage.pick(load.consumers);
      const first = await deployment.owner(plan.group, plan.name);
      await stage.kill(first);
      const second = await deployment.owner(plan.group, plan.name, (owner) => owner !== first);
      await stage.pass(stage.random(30));
      await stage.kill(second);
      await load.flowing();
      await Promise.all([first.start(), second.start()]);
      await load.flowing();
    }
  },
};

/** Freezes a replica for longer than its lease; when it wakes it believes that it owns what others have. */
export const freeze: Scenario = {
  name: 'freeze',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      const { plan } = stage.pick(load.consumers);
      const owner = await deployment.owner(plan.group, plan.name);
      await stage.fault(
        `SIGSTOP ${owner.name} for 9 s`,
        async () => {
          owner.pause();
          await stage.pass(3 * leaseMs);
          owner.resume();
          await load.flowing();
        },
        { freezes: [owner] },
      );
    }
  },
};

/** Replaces all replicas one after the other, as a new version is rolled out. */
export const roll: Scenario = {
  name: 'roll',
  run: restartAll,
};

/** The same with a hundred consumers, which see nothing but latency: no record comes twice either. */
export const rollOfMany: Scenario = {
  name: 'roll-many',
  load: { single: 30, groups: [5, 5, 5, 5, 5, 5, 5, 5], manual: 30, recordsPerSecond: 50 },
  limits: { repeatedReadsPerFault: 0 },
  run: restartAll,
};

/** Three replicas, then one, then five. */
export const scale: Scenario = {
  name: 'scale',
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      const [stays, ...go] = deployment.running;
      await Promise.all(go.map((each) => terminate(stage, each)));
      await load.flowing();
      const come = deployment.replicas.filter((each) => each !== stays);
      await Promise.all(come.map((each) => each.start()));
      await load.flowing();
    }
  },
};

/** Of 100 reads five end in the middle of the answer, on the side of the client. */
export const hangUps: Scenario = {
  name: 'hang-ups',
  load: { hangsUpPercent: 5, padding: 4_000 },
  async run(stage) {
    await stage.pass(4_000 * stage.rounds);
    const { plan } = stage.pick(stage.load.consumers);
    const owner = await stage.deployment.owner(plan.group, plan.name);
    await stage.kill(owner);
    await stage.load.flowing();
    await owner.start();
    await stage.pass(2_000 * stage.rounds);
  },
};

/** Nothing happens: what all others are compared with. */
export const quiet: Scenario = {
  name: 'quiet',
  limits: { repeatedReadsPerFault: 0 },
  async run(stage) {
    await stage.pass(5_000 * stage.rounds);
  },
};

async function terminate(stage: Stage, replica: Replica): Promise<void> {
  await stage.fault(`SIGTERM ${replica.name}`, async () => {
    const exit = await replica.terminate();
    if (exit !== 0) stage.complain(`${replica.name} ended with ${exit} on SIGTERM`);
  });
}

async function restartAll(stage: Stage): Promise<void> {
  for (let round = 0; round < stage.rounds; round += 1) {
    for (const replica of stage.deployment.running) {
      await terminate(stage, replica);
      await replica.start();
      await stage.load.flowing();
    }
  }
}
