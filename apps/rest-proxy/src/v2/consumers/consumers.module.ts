import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumersModule } from '#libs/consumers/consumers.module.ts';
import type { Config } from '../../config/config.ts';
import { ServerState } from '../../http/server-state.ts';
import { ConsumerMetrics } from '../../metrics/consumer-metrics.ts';
import { AssignmentsController } from './assignments.controller.ts';
import { ConsumersController } from './consumers.controller.ts';
import { OffsetsController } from './offsets.controller.ts';
import { PositionsController } from './positions.controller.ts';
import { RecordsController } from './records.controller.ts';
import { SubscriptionController } from './subscription.controller.ts';

@Module({})
export class V2ConsumersModule implements OnApplicationBootstrap {
  constructor(
    private readonly state: ServerState,
    private readonly instances: ConsumerInstances,
  ) {}

  static forConfig({ id, consumers, kafka, replicas }: Config): DynamicModule {
    return {
      module: V2ConsumersModule,
      imports: [
        ConsumersModule.forRoot(
          { ...consumers, serverId: id, consumer: kafka.consumerConfig },
          replicas === undefined,
        ),
      ],
      controllers: [
        RecordsController,
        OffsetsController,
        ConsumersController,
        SubscriptionController,
        AssignmentsController,
        PositionsController,
      ],
      providers: [ConsumerMetrics],
    };
  }

  /** Reads that wait would hold the shutdown up. */
  onApplicationBootstrap(): void {
    this.state.stopping.addEventListener('abort', () => this.instances.drain(), { once: true });
  }
}
