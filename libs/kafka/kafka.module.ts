import { Module, type DynamicModule } from '@nestjs/common';
import { KafkaAcls } from './kafka-acls.ts';
import { KafkaAdmin } from './kafka-admin.ts';
import { KafkaClients } from './kafka-clients.ts';
import { KafkaConsumers } from './kafka-consumer.ts';
import { KafkaGroups } from './kafka-groups.ts';
import { KafkaMeasures } from './kafka-measures.ts';
import { KafkaMetadata } from './kafka-metadata.ts';
import { KafkaProducer } from './kafka-producer.ts';
import type { KafkaSettings } from './kafka-settings.ts';

/** Kafka for the whole application: the ports, and behind them the clients. */
@Module({})
export class KafkaModule {
  static forRoot(settings: KafkaSettings): DynamicModule {
    return {
      module: KafkaModule,
      global: true,
      providers: [
        { provide: KafkaClients, useFactory: () => new KafkaClients(settings) },
        {
          provide: KafkaMetadata,
          useFactory: (clients: KafkaClients) => clients.metadata,
          inject: [KafkaClients],
        },
        {
          provide: KafkaProducer,
          useFactory: (clients: KafkaClients) => clients.producer,
          inject: [KafkaClients],
        },
        {
          provide: KafkaConsumers,
          useFactory: (clients: KafkaClients) => clients.consumers,
          inject: [KafkaClients],
        },
        { provide: KafkaAdmin, useFactory: (clients: KafkaClients) => clients.admin, inject: [KafkaClients] },
        { provide: KafkaAcls, useFactory: (clients: KafkaClients) => clients.acls, inject: [KafkaClients] },
        {
          provide: KafkaGroups,
          useFactory: (clients: KafkaClients) => clients.groups,
          inject: [KafkaClients],
        },
        {
          provide: KafkaMeasures,
          useFactory: (clients: KafkaClients) => clients.measures,
          inject: [KafkaClients],
        },
      ],
      exports: [
        KafkaMetadata,
        KafkaProducer,
        KafkaConsumers,
        KafkaAdmin,
        KafkaAcls,
        KafkaGroups,
        KafkaMeasures,
      ],
    };
  }
}
