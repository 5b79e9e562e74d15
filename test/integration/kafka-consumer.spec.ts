import type { KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticConsumers } from '#libs/kafka/platformatic/consumer/platformatic-consumers.ts';
import type { ConsumersFactory } from './kafka-consumer-fixture.ts';
import { kafkaConsumerGroupContract } from './port-kafka-consumer-group.contract.ts';
import { kafkaConsumerOffsetsContract } from './port-kafka-consumer-offsets.contract.ts';
import { kafkaConsumerSubscriptionContract } from './port-kafka-consumer-subscription.contract.ts';
import { kafkaConsumerContract } from './port-kafka-consumer.contract.ts';

const closing: (() => void)[] = [];

const factory: ConsumersFactory = {
  make(connection: KafkaConnectionConfig, config: ConsumerConfig): PlatformaticConsumers {
    const connections = new Connections(connection);
    const metadata = new ClusterMetadata(connections);
    const consumers = new PlatformaticConsumers(connections, metadata, config);
    closing.push(() => {
      consumers.close();
      metadata.close();
      connections.close();
    });
    return consumers;
  },
  close: () => {
    for (const close of closing.splice(0)) close();
    return Promise.resolve();
  },
};

kafkaConsumerContract('PlatformaticConsumers', factory);
kafkaConsumerOffsetsContract('PlatformaticConsumers', factory);
kafkaConsumerSubscriptionContract('PlatformaticConsumers', factory);
kafkaConsumerGroupContract('PlatformaticConsumers', factory);
