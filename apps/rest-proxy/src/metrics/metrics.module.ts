import { Global, Module } from '@nestjs/common';
import { ProduceModule } from '#libs/produce/produce.module.ts';
import { ReplicaEvents } from '#libs/replicas/replica-events.ts';
import { HttpMetrics } from './http-metrics.ts';
import { KafkaMetrics } from './kafka-metrics.ts';
import { MetricsEndpoint } from './metrics-endpoint.ts';
import { Metrics } from './metrics.ts';
import { NodeMetrics } from './node-metrics.ts';
import { ProduceMetrics } from './produce-metrics.ts';
import { ReplicaMetrics } from './replica-metrics.ts';

/** What is measured, in Prometheus' form. Consumers are measured where they are: in V2ConsumersModule. */
@Global()
@Module({
  imports: [ProduceModule],
  providers: [
    Metrics,
    MetricsEndpoint,
    HttpMetrics,
    KafkaMetrics,
    NodeMetrics,
    ProduceMetrics,
    ReplicaMetrics,
    { provide: ReplicaEvents, useExisting: ReplicaMetrics },
  ],
  exports: [Metrics, ReplicaEvents],
})
export class MetricsModule {}
