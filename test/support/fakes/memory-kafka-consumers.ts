import type { Clock } from '#libs/consumers/clock.ts';
import {
  KafkaConsumers,
  type KafkaConsumerOptions,
  type RebalanceListener,
} from '#libs/kafka/kafka-consumer.ts';
import { MemoryKafkaConsumer } from './memory-kafka-consumer.ts';
import type { MemoryKafka } from './memory-kafka.ts';

/** Makes fake consumers over one fake Kafka. */
export class MemoryKafkaConsumers extends KafkaConsumers {
  /** Closed ones included. */
  readonly created: MemoryKafkaConsumer[] = [];

  constructor(
    private readonly kafka: MemoryKafka,
    private readonly clock: Clock,
  ) {
    super();
  }

  create(options: KafkaConsumerOptions, listener: RebalanceListener): MemoryKafkaConsumer {
    const consumer = new MemoryKafkaConsumer(this.kafka, options, listener, this.clock);
    this.created.push(consumer);
    return consumer;
  }
}
