import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule, type AppOverrides } from './app.module.ts';
import type { Config } from './config/config.ts';
import { RequestContext } from './http/request-context.ts';
import { ServerState } from './http/server-state.ts';

/** The application, initialised and not listening yet. */
export async function createApp(
  config: Config,
  overrides: AppOverrides = {},
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forConfig(config, overrides), {
    bodyParser: false,
    abortOnError: false,
    logger: ['error', 'warn'],
  });
  app.disable('etag');
  app.disable('x-powered-by');
  app.set('query parser', false);
  const state = app.get(ServerState);
  app.use((req: { context?: RequestContext }, _res: unknown, next: () => void) => {
    req.context = new RequestContext(state, randomUUID(), performance.now());
    next();
  });
  await app.init();
  return app;
}
