import 'reflect-metadata';
import { hostname } from 'node:os';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import type { DestinationStream, Logger } from 'pino';
import { ReplicaNode } from '#libs/replicas/replica-node.ts';
import { AppModule } from './app.module.ts';
import type { Config } from './config/config.ts';
import { expressMessages } from './http/express-messages.ts';
import { HttpServers } from './http/http-servers.ts';
import { RequestEntry, type RequestObserver } from './http/request-entry.ts';
import { RouteTable, listedRoutes } from './http/route-table.ts';
import { ServerState } from './http/server-state.ts';
import { InternalRoutes } from './internal/internal-routes.ts';
import { InternalServer } from './internal/internal-server.ts';
import { LogDestination } from './logging/log-destination.ts';
import { createLogger } from './logging/logger.ts';
import { NestLogger } from './logging/nest-logger.ts';
import { requestLog } from './logging/request-log.ts';
import { HttpMetrics } from './metrics/http-metrics.ts';
import { OpenApiDocument } from './openapi/openapi-document.ts';
import { ForwardEndpoint } from './replicas/forward-endpoint.ts';
import { ReplicaEdge } from './replicas/replica-edge.ts';

const stdout = 1;
/** What a request that another replica sends on has in its head besides what the client sent. */
const hopHeaderBytes = 16_384;

/** What a test may put in place of the real thing. */
export interface Overrides {
  /** Provides KafkaProducer, KafkaMetadata, KafkaConsumers and KafkaAdmin to all modules. */
  readonly kafka?: DynamicModule;
  /** Provides ReplicaRouter and ConsumerRegistry to all modules, where there are several replicas. */
  readonly replication?: DynamicModule;
  /** Modules besides those of the proxy. */
  readonly more?: readonly DynamicModule[];
  /** Where log lines go instead of stdout. */
  readonly logTarget?: DestinationStream;
}

/** URLs that the proxy listens on. */
export interface Listening {
  readonly listeners: readonly string[];
  /** Not for clients. */
  readonly internalListeners: readonly string[];
}

/** The proxy, ready to listen. */
export interface RestProxy {
  readonly app: NestExpressApplication;
  readonly logger: Logger;
  /**
   * Opens all listeners, or none.
   *
   * @throws {Error} that names the address that cannot be had
   */
  listen(): Promise<Listening>;
  /**
   * Stops accepting, finishes what runs for at most `shutdown.graceful.ms`, then closes everything else: consumers
   * leave their groups, Kafka connections end. The internal listeners are the last to go.
   */
  close(): Promise<void>;
}

/** Builds the application. Nothing listens yet, and Kafka was not asked for anything. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<RestProxy> {
  const logTarget = overrides.logTarget ?? new LogDestination(stdout);
  const logger = createLogger(config.logging, logTarget);
  const router = express();
  // What costs time on every request and is not used; and paths are told apart by case, as in the original.
  router.disable('etag').disable('x-powered-by').set('query parser', false).enable('case sensitive routing');
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forConfig(config, {
      kafka: overrides.kafka ?? (await kafkaModule(config)),
      replication: overrides.replication ?? (await replicationModule(config)),
      more: overrides.more ?? [],
    }),
    new ExpressAdapter(router),
    { bodyParser: false, abortOnError: false, logger: new NestLogger(logger) },
  );
  app.get(OpenApiDocument).describe(app);
  await app.init();
  const state = app.get(ServerState);
  state.routes = new RouteTable(listedRoutes(router));
  const observers: RequestObserver[] = [];
  const logsRequests = config.logging.requestLog && logger.isLevelEnabled('info');
  const log = logsRequests ? requestLog(logTarget) : undefined;
  if (log !== undefined) observers.push(log);
  if (config.internal.listeners.length > 0) observers.push(app.get(HttpMetrics).observe);
  const messages = expressMessages(router);
  const hasPeers = config.replicas !== undefined && config.api.v2Enable;
  if (hasPeers) app.get(ForwardEndpoint).answerBy(router, log);
  const inFront = hasPeers ? app.get(ReplicaEdge).inFrontOf(router) : router;
  const servers = new HttpServers(new RequestEntry(state, inFront, observers), state, messages);
  const node =
    hasPeers && overrides.replication === undefined ? app.get(ReplicaNode, { strict: false }) : undefined;
  const internal = new InternalServer(config.internal, app.get(InternalRoutes), {
    ...messages,
    maxHeaderSize: config.http.maxRequestHeaderBytes + hopHeaderBytes,
  });
  return {
    app,
    logger,
    listen: async () => {
      const internalListeners = await internal.listen();
      try {
        // The first client finds a replica that the others know.
        await node?.start();
        return { listeners: await servers.listen(), internalListeners };
      } catch (error) {
        await node?.end();
        await internal.close();
        throw error;
      }
    },
    close: async () => {
      try {
        // Requests that are still under way find what is handed over meanwhile.
        await Promise.all([
          servers.close(config.http.shutdownGracefulMs),
          node?.drain(config.http.shutdownGracefulMs),
        ]);
        await node?.end();
        await app.close();
      } finally {
        await internal.close();
      }
    },
  };
}

async function replicationModule({
  consumers,
  id,
  redis,
  replicas,
}: Config): Promise<DynamicModule | undefined> {
  if (redis === undefined || replicas === undefined) return undefined;
  const { ReplicationModule } = await import('#libs/replicas/replication.module.ts');
  const { address, leaseMs, renewMs } = replicas;
  const replicaName = id === '' ? hostname() : id;
  const { instanceTimeoutMs } = consumers;
  return ReplicationModule.forRoot({ replicaName, address, leaseMs, renewMs, redis, instanceTimeoutMs });
}

/** Loaded when it is needed: the clients take longer to load than all the rest. */
async function kafkaModule(config: Config): Promise<DynamicModule> {
  const { KafkaModule } = await import('#libs/kafka/kafka.module.ts');
  return KafkaModule.forRoot(config.kafka);
}
