import {
  KafkaConsumers,
  type KafkaConsumerOptions,
  type RebalanceListener,
} from '#libs/kafka/kafka-consumer.ts';
import type { FakeCluster } from './fake-cluster.ts';
import { FakeGroup } from './fake-group.ts';
import { FakeKafkaConsumer } from './fake-kafka-consumer.ts';

export class FakeKafkaConsumers extends KafkaConsumers {
  /** Every consumer that was made, closed ones included. */
  readonly created: FakeKafkaConsumer[] = [];
  readonly #groups = new Map<string, FakeGroup>();

  constructor(private readonly cluster: FakeCluster) {
    super();
  }

  override create(options: KafkaConsumerOptions, listener: RebalanceListener): FakeKafkaConsumer {
    const group = this.#groups.get(options.groupId) ?? new FakeGroup(this.cluster);
    this.#groups.set(options.groupId, group);
    const consumer = new FakeKafkaConsumer(this.cluster, group, options, listener);
    this.created.push(consumer);
    return consumer;
  }
}
