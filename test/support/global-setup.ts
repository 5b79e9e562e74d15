import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';

import { startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { startRedis } from '../../scripts/stack/redis.ts';
import { startRegistry } from '../../scripts/stack/registry.ts';
import type { SharedServer } from './shared-servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the shared servers are asked for; see shared-servers.ts. */
    sharedServers: string;
  }
}

interface Started {
  readonly address: string;
  stop(): Promise<void>;
}

const progress = (line: string): void => console.log(`[servers] ${line}`);

const starters: Readonly<Record<SharedServer, () => Promise<Started>>> = {
  async kafka() {
    const kafka = await startKafka({ progress });
    return { address: kafka.bootstrapServers, stop: () => kafka.stop() };
  },
  async registry() {
    const registry = await startRegistry({ progress });
    return { address: registry.url, stop: () => registry.stop() };
  },
  async redis() {
    const redis = await startRedis();
    return { address: redis.url, stop: () => redis.stop() };
  },
};

const givenAddresses: Readonly<Record<SharedServer, string | undefined>> = {
  kafka: process.env['KRP_TEST_BOOTSTRAP_SERVERS'],
  registry: process.env['KRP_TEST_REGISTRY_URL'],
  redis: process.env['KRP_TEST_REDIS_URL'],
};

/**
 * Serves the addresses of one broker, one registry and one Redis to the test files of a run, and starts each
 * when the first file asks for it: a run that needs none starts none.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<SharedServer, Promise<Started>>();

  const addressOf = async (name: SharedServer): Promise<string> => {
    const given = givenAddresses[name];
    if (given) return given;
    let server = started.get(name);
    if (server === undefined) {
      server = starters[name]();
      started.set(name, server);
    }
    return (await server).address;
  };

  const desk = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    if (!isSharedServer(name)) {
      response.writeHead(404).end();
      return;
    }
    addressOf(name).then(
      (address) => response.end(address),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  project.provide('sharedServers', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`);

  return async () => {
    desk.closeAllConnections();
    desk.close();
    // One that failed to start has told its test file why, and has nothing to stop.
    await Promise.allSettled([...started.values()].map(async (server) => (await server).stop()));
  };
}

function isSharedServer(name: string): name is SharedServer {
  return Object.hasOwn(starters, name);
}
