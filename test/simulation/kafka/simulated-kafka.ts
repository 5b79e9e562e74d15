import {
  KafkaConsumers,
  type KafkaConsumer,
  type KafkaConsumerOptions,
  type RebalanceListener,
} from '#libs/kafka/kafka-consumer.ts';
import type { BrokerLink } from './broker-link.ts';
import { SimulatedConsumer } from './simulated-consumer.ts';

/** The consumers of one process. */
export class SimulatedKafka extends KafkaConsumers {
  constructor(private readonly link: BrokerLink) {
    super();
  }

  override create(options: KafkaConsumerOptions, listener: RebalanceListener): KafkaConsumer {
    return new SimulatedConsumer(this.link, options, listener);
  }
}
