import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import type {
  BrokerNode,
  ClusterDescription,
  OffsetSpec,
  TopicMetadata,
  TopicPartition,
} from '#libs/kafka/kafka-types.ts';
import type { FakeCluster } from './fake-cluster.ts';

const broker: BrokerNode = { id: 1, host: 'fake', port: 9092, rack: null };

export class FakeKafkaMetadata extends KafkaMetadata {
  /** What `ageMs` says. */
  age = 0;

  constructor(private readonly cluster_: FakeCluster) {
    super();
  }

  override async topic(name: string): Promise<TopicMetadata | undefined> {
    return this.cluster_.describe(name);
  }

  override async topics(
    options: { readonly includeInternal?: boolean } = {},
  ): Promise<readonly TopicMetadata[]> {
    const all = await this.describeTopics(this.cluster_.topicNames());
    return all.filter(({ internal }) => !internal || options.includeInternal === true);
  }

  override async describeTopics(names: readonly string[]): Promise<readonly TopicMetadata[]> {
    return names.flatMap((name) => this.cluster_.describe(name) ?? []);
  }

  override async cluster(): Promise<ClusterDescription> {
    this.cluster_.check();
    return { clusterId: this.cluster_.clusterId, controllerId: broker.id, brokers: [broker] };
  }

  /** Nothing is kept: a test that lets Kafka fail sees it in every answer. */
  override known(): ClusterDescription | undefined {
    return undefined;
  }

  override brokers(): readonly BrokerNode[] {
    return [broker];
  }

  override async listOffsets(
    partitions: readonly (TopicPartition & { readonly spec: OffsetSpec })[],
  ): Promise<readonly (bigint | undefined)[]> {
    return partitions.map(({ spec, ...partition }) => {
      const { start, end } = this.cluster_.offsets(partition);
      if (spec === 'earliest') return start;
      if (spec === 'latest') return end;
      return this.cluster_
        .recordsOf(partition.topic, partition.partition)
        .find(({ timestamp }) => timestamp >= spec.timestampMs)?.offset;
    });
  }

  override ageMs(): number {
    return this.age;
  }

  override async refresh(): Promise<void> {
    this.cluster_.check();
  }
}
