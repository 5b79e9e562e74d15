import { leaseMs } from '../deployment.ts';
import type { Scenario } from '../scenario.ts';

const cutMs = 3 * leaseMs;

/** One replica reaches Redis and Kafka, and none of its peers; nor do they reach it. */
export const peersCut: Scenario = {
  name: 'peers-cut',
  deployment: { severs: 'peers' },
  async run(stage) {
    const { deployment, load } = stage;
    for (let round = 0; round < stage.rounds; round += 1) {
      const how = stage.pick(['refuse', 'silence'] as const);
      const [own, ...others] = deployment.peerLinks;
      const cut = async (): Promise<void> => {
        own?.cut(how);
        for (const link of others) link.cut(how, deployment.replica(0).pid);
        await stage.pass(cutMs);
        for (const link of deployment.peerLinks) link.join();
        await load.flowing();
      };
      await stage.fault(`replica-1 cut off from its peers (${how}) for 9 s`, cut, { countsMoves: true });
      await load.flowing();
    }
  },
};

/** One replica reaches Redis and its peers, and no broker. */
export const kafkaCut: Scenario = {
  name: 'kafka-cut',
  deployment: { severs: 'kafka' },
  async run(stage) {
    const { load } = stage;
    const { links } = stage.deployment.kafka;
    for (let round = 0; round < stage.rounds; round += 1) {
      const how = stage.pick(['refuse', 'silence'] as const);
      await stage.fault(`replica-1 cut off from Kafka (${how}) for 9 s`, async () => {
        for (const link of links) link.cut(how);
        await stage.pass(cutMs);
        for (const link of links) link.join();
        await load.flowing();
      });
      await load.flowing();
    }
  },
};

/** A broker is shut down, or killed, and comes back. */
export const brokerRestart: Scenario = {
  name: 'broker-restart',
  async run(stage) {
    const { load } = stage;
    const { cluster } = stage.deployment.kafka;
    for (let round = 0; round < stage.rounds; round += 1) {
      const broker = stage.pick(cluster.brokers);
      const kills = stage.random(2) === 0;
      await stage.fault(`${kills ? 'kill -9' : 'SIGTERM'} broker ${broker.id}`, async () => {
        await (kills ? broker.kill() : broker.stop());
        await load.flowing();
        await broker.start();
        await cluster.ready();
        await load.flowing();
      });
    }
  },
};
