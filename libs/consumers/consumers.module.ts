import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.ts';
import { ConsumerInstances } from './consumer-instances.ts';
import { ConsumerOffsets } from './consumer-offsets.ts';
import { ConsumerRegistry } from './consumer-registry.ts';
import { ConsumersSettings } from './consumers-settings.ts';
import { MemoryConsumerRegistry } from './memory/memory-consumer-registry.ts';
import { SystemClock } from './system-clock.ts';
import { TopicPatterns } from './topic-patterns.ts';

/** Consumer instances. Kafka's ports and Serdes are global. */
@Module({})
export class ConsumersModule {
  static forRoot(settings: ConsumersSettings): DynamicModule {
    return {
      module: ConsumersModule,
      providers: [
        { provide: ConsumersSettings, useValue: settings },
        { provide: Clock, useClass: SystemClock },
        {
          provide: ConsumerRegistry,
          useFactory: (clock: Clock) => new MemoryConsumerRegistry(clock),
          inject: [Clock],
        },
        ConsumerInstances,
        ConsumerOffsets,
        TopicPatterns,
      ],
      exports: [ConsumersSettings, ConsumerInstances, ConsumerOffsets, TopicPatterns],
    };
  }
}
