import { readFileSync } from 'node:fs';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { startKafka, type KafkaCluster } from '../../../scripts/stack/kafka-cluster.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { waitFor } from '../../../scripts/stack/wait.ts';
import { SeverableLink } from './severable-link.ts';

const brokers = 3;
const listener = 'SEVERABLE';

/** Three brokers, and a way to them that can be cut: for one replica, while the others go straight. */
export class KafkaServers {
  readonly cluster: KafkaCluster;
  /** One a broker. */
  readonly links: readonly SeverableLink[];
  readonly #admin: Admin;

  private constructor(cluster: KafkaCluster, links: readonly SeverableLink[], admin: Admin) {
    this.cluster = cluster;
    this.links = links;
    this.#admin = admin;
  }

  static async start(): Promise<KafkaServers> {
    const advertisedPorts = await freePorts(brokers);
    const cluster = await startKafka({
      brokers,
      listeners: [{ name: listener, protocol: 'PLAINTEXT', advertisedPorts }],
      // A topic a scenario, and none of its data is needed for long.
      properties: { 'log.retention.minutes': '30' },
    });
    const targets = portsOf(cluster.bootstrapServersOf(listener));
    const links = await Promise.all(
      advertisedPorts.map((port, index) => SeverableLink.open(port, targets[index] ?? 0)),
    );
    const kafka = new Kafka({
      brokers: cluster.bootstrapServers.split(','),
      logLevel: logLevel.NOTHING,
      requestTimeout: 5_000,
    });
    const admin = kafka.admin({ retry: { retries: 2 } });
    await admin.connect();
    return new KafkaServers(cluster, links, admin);
  }

  get bootstrapServers(): string {
    return this.cluster.bootstrapServers;
  }

  /** Bootstrap servers of the way that can be cut. */
  get severableServers(): string {
    return this.links.map(({ port }) => `127.0.0.1:${port}`).join(',');
  }

  async createTopic(topic: string, numPartitions: number): Promise<void> {
    await this.#admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions }] });
    // Brokers hear of it one after the other, and until then they say that it is not there.
    await waitFor(
      topic,
      async () => {
        const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.every(({ leader }) => leader >= 0) === true ? true : undefined;
      },
      30_000,
    );
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#admin.deleteTopics({ topics: [topic] }).catch(() => undefined);
  }

  /** Committed offsets by partition; undefined where there is none, or when nobody answers. */
  async committed(group: string, topic: string): Promise<readonly (number | undefined)[] | undefined> {
    try {
      const [found] = await this.#admin.fetchOffsets({ groupId: group, topics: [topic] });
      const offsets: (number | undefined)[] = [];
      for (const { partition, offset } of found?.partitions ?? []) {
        offsets[partition] = Number(offset) < 0 ? undefined : Number(offset);
      }
      return offsets;
    } catch {
      return undefined;
    }
  }

  /** Member ids of a group by client id and host, which are those of the connection. */
  async members(group: string): Promise<{ readonly state: string; readonly memberIds: readonly string[] }> {
    const { groups } = await this.#admin.describeGroups([group]);
    const [found] = groups;
    return {
      state: found?.state ?? 'unknown',
      memberIds: (found?.members ?? []).map(({ memberId }) => memberId),
    };
  }

  /** What the coordinators have logged about rebalances of a group so far. */
  rebalances(group: string): readonly string[] {
    return this.cluster.brokers.flatMap(({ log }) =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.includes(`rebalance group ${group} `)),
    );
  }

  async stop(): Promise<void> {
    await this.#admin.disconnect().catch(() => undefined);
    for (const link of this.links) link.close();
    await this.cluster.stop();
  }
}

function portsOf(bootstrapServers: string): number[] {
  return bootstrapServers.split(',').map((each) => Number(each.split(':')[1]));
}
