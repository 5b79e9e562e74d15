import { Module, type DynamicModule } from '@nestjs/common';
import { SerdeModule } from '#libs/serde/serde.module.ts';
import type { Config } from './config/config.ts';
import { ConfigModule } from './config/config.module.ts';
import { HealthModule } from './health/health.module.ts';
import { HttpModule } from './http/http.module.ts';
import { InternalModule } from './internal/internal.module.ts';
import { MetricsModule } from './metrics/metrics.module.ts';
import { OpenApiModule } from './openapi/openapi.module.ts';
import { ReplicasModule } from './replicas/replicas.module.ts';
import { BrokersModule } from './v2/brokers/brokers.module.ts';
import { PartitionsModule } from './v2/partitions/partitions.module.ts';
import { V2ConsumersModule } from './v2/consumers/consumers.module.ts';
import { V2ProduceModule } from './v2/produce/produce.module.ts';
import { RootModule } from './v2/root/root.module.ts';
import { TopicsModule } from './v2/topics/topics.module.ts';
import { AclsModule } from './v3/acls/acls.module.ts';
import { BrokerConfigsModule } from './v3/broker-configs/broker-configs.module.ts';
import { V3BrokersModule } from './v3/brokers/brokers.module.ts';
import { ClusterConfigsModule } from './v3/cluster-configs/cluster-configs.module.ts';
import { ClustersModule } from './v3/clusters/clusters.module.ts';
import { V3PartitionsModule } from './v3/partitions/partitions.module.ts';
import { ReassignmentsModule } from './v3/reassignments/reassignments.module.ts';
import { ReplicasModule as V3ReplicasModule } from './v3/replicas/replicas.module.ts';
import { ConsumerGroupsModule } from './v3/consumer-groups/consumer-groups.module.ts';
import { TopicConfigsModule } from './v3/topic-configs/topic-configs.module.ts';
import { V3TopicsModule } from './v3/topics/topics.module.ts';
import { V3RecordsModule } from './v3/records/records.module.ts';

type Import = DynamicModule | (new () => object);

// Each feature is one line of a list. The router tries routes in this order, so what is called most comes first.

const v2 = (config: Config): readonly Import[] => [
  V2ProduceModule,
  V2ConsumersModule.forConfig(config),
  TopicsModule,
  PartitionsModule,
  BrokersModule,
  RootModule,
];

const v3: readonly Import[] = [
  V3RecordsModule,
  ClustersModule,
  TopicConfigsModule,
  V3TopicsModule,
  ReassignmentsModule,
  V3PartitionsModule,
  ConsumerGroupsModule,
  V3ReplicasModule,
  V3BrokersModule,
  BrokerConfigsModule,
  AclsModule,
  ClusterConfigsModule,
];

/** On whatever API is enabled. */
const operations: readonly Import[] = [HealthModule, OpenApiModule, InternalModule, MetricsModule];

/** What depends on more than the configuration. */
export interface OuterModules {
  /** Provides KafkaProducer, KafkaMetadata, KafkaConsumers and KafkaAdmin to all modules. */
  readonly kafka: DynamicModule;
  /** Provides ReplicaRouter and ConsumerRegistry to all modules; undefined without other replicas. */
  readonly replication: DynamicModule | undefined;
  readonly more: readonly DynamicModule[];
}

/** The whole proxy. */
@Module({})
export class AppModule {
  static forConfig(config: Config, { kafka, more, replication }: OuterModules): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        HttpModule,
        kafka,
        SerdeModule.forRoot({
          schemaRegistry: config.schemaRegistry,
          nullWithSchemaIsTombstone: config.api.nullWithSchemaIsTombstone,
          avro: { readableLogicalTypes: config.api.avroLogicalTypesReadable },
        }),
        ...(config.api.v2Enable ? v2(config) : []),
        ...(config.api.v3Enable ? v3 : []),
        ...operations,
        ...(config.replicas !== undefined && config.api.v2Enable
          ? [ReplicasModule.forConfig(config.replicas), ...(replication === undefined ? [] : [replication])]
          : []),
        ...more,
      ],
    };
  }
}
