import { KafkaAdmin, type ConfigEntry } from '#libs/kafka/kafka-admin.ts';
import type { FakeCluster } from './fake-cluster.ts';

export class FakeKafkaAdmin extends KafkaAdmin {
  constructor(private readonly cluster: FakeCluster) {
    super();
  }

  override async describeTopicConfigs(topic: string): Promise<readonly ConfigEntry[]> {
    return this.cluster.configsOf(topic);
  }
}
