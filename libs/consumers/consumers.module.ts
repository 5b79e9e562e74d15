import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.ts';
import { ConsumerInstances } from './consumer-instances.ts';
import { ConsumerOffsets } from './consumer-offsets.ts';
import { ConsumerRegistry } from './consumer-registry.ts';
import { ConsumersSettings } from './consumers-settings.ts';
import { MemoryConsumerRegistry } from './memory/memory-consumer-registry.ts';
import { SystemClock } from './system-clock.ts';
import { TopicPatterns } from './topic-patterns.ts';

/** Consumer instances, for all modules. Kafka's ports and Serdes are global. */
@Module({})
export class ConsumersModule {
  /** @param isAlone no other process shares the instances; otherwise a global module provides ConsumerRegistry */
  static forRoot(settings: ConsumersSettings, isAlone: boolean): DynamicModule {
    return {
      module: ConsumersModule,
      global: true,
      providers: [
        { provide: ConsumersSettings, useValue: settings },
        { provide: Clock, useClass: SystemClock },
        ...(isAlone ? [memoryRegistry] : []),
        ConsumerInstances,
        ConsumerOffsets,
        TopicPatterns,
      ],
      exports: [ConsumersSettings, ConsumerInstances, ConsumerOffsets, TopicPatterns],
    };
  }
}

const memoryRegistry = {
  provide: ConsumerRegistry,
  useFactory: (clock: Clock) => new MemoryConsumerRegistry(clock),
  inject: [Clock],
};
