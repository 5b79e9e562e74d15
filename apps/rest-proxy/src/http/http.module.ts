import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Config } from '../config/config.ts';
import { RestErrorFilter } from './rest-error.filter.ts';
import { ServerState } from './server-state.ts';

/** What v2 and v3 share on the wire. */
@Global()
@Module({
  providers: [
    {
      provide: ServerState,
      inject: [Config],
      useFactory: (config: Config) => new ServerState(config.http, config.api, config.logging),
    },
    { provide: APP_FILTER, useClass: RestErrorFilter },
  ],
  exports: [ServerState],
})
export class HttpModule {}
