import { Kafka, logLevel } from 'kafkajs';

export interface TopicOptions {
  readonly partitions?: number;
  readonly replicas?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Creates a topic and waits until every partition has a leader. Returns its name. */
export async function createTopic(
  bootstrapServers: string,
  topic: string,
  { partitions = 1, replicas = -1, configs = {} }: TopicOptions = {},
): Promise<string> {
  const kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic,
          numPartitions: partitions,
          replicationFactor: replicas,
          configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
        },
      ],
    });
    return topic;
  } finally {
    await admin.disconnect();
  }
}
