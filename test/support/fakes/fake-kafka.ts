import { Module, type DynamicModule } from '@nestjs/common';
import { KafkaAcls } from '#libs/kafka/kafka-acls.ts';
import { KafkaAdmin } from '#libs/kafka/kafka-admin.ts';
import { KafkaConsumers } from '#libs/kafka/kafka-consumer.ts';
import { KafkaGroups } from '#libs/kafka/kafka-groups.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import { KafkaProducer } from '#libs/kafka/kafka-producer.ts';
import { FakeCluster } from './fake-cluster.ts';
import { FakeKafkaAcls } from './fake-kafka-acls.ts';
import { FakeKafkaAdmin } from './fake-kafka-admin.ts';
import { FakeKafkaConsumers } from './fake-kafka-consumers.ts';
import { FakeKafkaGroups } from './fake-kafka-groups.ts';
import { FakeKafkaMetadata } from './fake-kafka-metadata.ts';
import { FakeKafkaProducer } from './fake-kafka-producer.ts';

@Module({})
class FakeKafkaModule {}

/** The ports over one cluster in memory. */
export class FakeKafka {
  readonly cluster = new FakeCluster();
  readonly producer = new FakeKafkaProducer(this.cluster);
  readonly metadata = new FakeKafkaMetadata(this.cluster);
  readonly consumers = new FakeKafkaConsumers(this.cluster);
  readonly admin = new FakeKafkaAdmin(this.cluster);
  readonly acls = new FakeKafkaAcls(this.cluster);
  readonly groups = new FakeKafkaGroups(this.cluster);

  /** Takes the place of KafkaModule. */
  module(): DynamicModule {
    return {
      module: FakeKafkaModule,
      global: true,
      providers: [
        { provide: KafkaProducer, useValue: this.producer },
        { provide: KafkaMetadata, useValue: this.metadata },
        { provide: KafkaConsumers, useValue: this.consumers },
        { provide: KafkaAdmin, useValue: this.admin },
        { provide: KafkaAcls, useValue: this.acls },
        { provide: KafkaGroups, useValue: this.groups },
      ],
      exports: [KafkaProducer, KafkaMetadata, KafkaConsumers, KafkaAdmin, KafkaAcls, KafkaGroups],
    };
  }
}
