import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config/config.ts';
import { ConfigModule } from './config/config.module.ts';
import { HttpModule } from './http/http.module.ts';

/** What a test may put in place of the real thing. */
export interface AppOverrides {
  /** Provides KafkaProducer, KafkaMetadata, KafkaConsumers and KafkaAdmin. */
  readonly kafka?: DynamicModule;
}

type Import = DynamicModule | (new () => object);

/** The whole proxy. Routes match in the order of the imports: those that are called most come first. */
@Module({})
export class AppModule {
  static forConfig(config: Config, overrides: AppOverrides = {}): DynamicModule {
    // Each feature adds one line to its list.
    const core: Import[] = [ConfigModule.forRoot(config), HttpModule];
    if (overrides.kafka !== undefined) core.push(overrides.kafka);
    const v2: Import[] = [];
    const v3: Import[] = [];
    const operations: Import[] = [];
    return {
      module: AppModule,
      imports: [
        ...core,
        ...(config.api.v2Enable ? v2 : []),
        ...(config.api.v3Enable ? v3 : []),
        ...operations,
      ],
    };
  }
}
