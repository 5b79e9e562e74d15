import { join } from 'node:path';
import { Redis as RedisClient } from 'ioredis';
import { builtMain } from '../../../scripts/build.ts';
import { serveArguments } from '../../../scripts/serve-command.ts';
import { projectDir, runDir } from '../../../scripts/stack/cache.ts';
import { freePort, freePorts } from '../../../scripts/stack/ports.ts';
import { startRedis, type Redis } from '../../../scripts/stack/redis.ts';
import { waitFor } from '../../../scripts/stack/wait.ts';
import { Balancer } from './balancer.ts';
import type { KafkaServers } from './kafka-servers.ts';
import { Replica } from './replica.ts';
import { SeverableLink } from './severable-link.ts';

const controlMain = join(projectDir, 'test/cluster/replicas/control-main.mjs');

export const leaseMs = 3_000;
export const renewMs = 1_000;
/** Ports that the balancer knows; more replicas there cannot be at one time. */
const mostReplicas = 5;

export type PlantedFault = 'ack' | 'fencing';

export interface DeploymentOptions {
  /** How many run at the beginning. */
  readonly replicas: number;
  /** The first replica reaches Redis, Kafka or peers through links that can be cut. */
  readonly severs?: 'redis' | 'kafka' | 'peers';
  /** More settings of all replicas. */
  readonly env?: Readonly<Record<string, string>>;
  /** Replicas with this fault, see control-main.mjs. */
  readonly planted?: PlantedFault;
  /** Without Redis: one replica on its own. */
  readonly alone?: boolean;
}

/** Replicas of the proxy, the Redis that they share, and the balancer before them. */
export class Deployment {
  readonly kafka: KafkaServers;
  readonly balancer: Balancer;
  /** Those that run, and those that ran. */
  readonly replicas: readonly Replica[];
  /** Between the first replica and Redis. */
  readonly redisLink: SeverableLink | undefined;
  /** Before the internal port of each replica, in their order. */
  readonly peerLinks: readonly SeverableLink[];
  readonly #redis: { server: Redis | undefined; readonly client: RedisClient | undefined };

  private constructor(
    kafka: KafkaServers,
    balancer: Balancer,
    replicas: readonly Replica[],
    redis: { readonly server: Redis | undefined; readonly client: RedisClient | undefined },
    links: { readonly redis: SeverableLink | undefined; readonly peers: readonly SeverableLink[] },
  ) {
    this.kafka = kafka;
    this.balancer = balancer;
    this.replicas = replicas;
    this.#redis = redis;
    this.redisLink = links.redis;
    this.peerLinks = links.peers;
  }

  static async start(kafka: KafkaServers, options: DeploymentOptions): Promise<Deployment> {
    const { severs } = options;
    const ports = await freePorts(mostReplicas);
    const internalPorts = await freePorts(mostReplicas);
    const redis = options.alone === true ? undefined : await startRedis();
    const redisLink =
      severs === 'redis' && redis !== undefined
        ? await SeverableLink.open(await freePort(), redis.port)
        : undefined;
    const replicas: Replica[] = [];
    const pids = (): number[] => replicas.flatMap(({ pid }) => pid ?? []);
    const peers =
      severs === 'peers'
        ? await Promise.all(
            internalPorts.map(async (port) => SeverableLink.open(await freePort(), port, pids)),
          )
        : [];
    for (const [index, port] of ports.entries()) {
      const first = index === 0;
      const internal = internalPorts[index] ?? 0;
      const advertisedUrl = `http://127.0.0.1:${peers[index]?.port ?? internal}`;
      const redisPort = (first ? redisLink?.port : undefined) ?? redis?.port;
      replicas.push(
        new Replica({
          name: `replica-${index + 1}`,
          port,
          advertisedUrl,
          args: [...flags(), options.planted === undefined ? builtMain : controlMain],
          env: {
            KAFKA_REST_BOOTSTRAP_SERVERS:
              first && severs === 'kafka' ? kafka.severableServers : kafka.bootstrapServers,
            KAFKA_REST_LISTENERS: `http://127.0.0.1:${port}`,
            KAFKA_REST_SCHEMA_REGISTRY_URL: '',
            KAFKA_REST_LOG_REQUESTS: 'false',
            ...options.env,
            ...(options.planted === undefined ? {} : { KRP_PLANTED_FAULT: options.planted }),
            ...(redisPort === undefined
              ? {}
              : {
                  KAFKA_REST_INTERNAL_LISTENERS: `http://127.0.0.1:${internal}`,
                  KAFKA_REST_INTERNAL_ADVERTISED_URL: advertisedUrl,
                  KAFKA_REST_INTERNAL_SECRET: 'a-secret-of-the-replicas-of-this-test',
                  KAFKA_REST_REDIS_URL: `redis://127.0.0.1:${redisPort}`,
                  KAFKA_REST_REPLICA_LEASE_MS: String(leaseMs),
                  KAFKA_REST_REPLICA_LEASE_RENEW_MS: String(renewMs),
                }),
          },
        }),
      );
    }
    const balancer = await Balancer.start(runDir('nginx'), await freePort(), ports);
    const client =
      redis === undefined
        ? undefined
        : new RedisClient(redis.url, { commandTimeout: 1_000, maxRetriesPerRequest: 1, lazyConnect: true });
    // Redis comes and goes here; whoever asks hears of it.
    client?.on('error', () => {});
    const deployment = new Deployment(
      kafka,
      balancer,
      replicas,
      { server: redis, client },
      { redis: redisLink, peers },
    );
    try {
      await Promise.all(replicas.slice(0, options.replicas).map((each) => each.start()));
    } catch (error) {
      await deployment.stop();
      throw error;
    }
    return deployment;
  }

  get running(): readonly Replica[] {
    return this.replicas.filter(({ isRunning }) => isRunning);
  }

  get serving(): readonly Replica[] {
    return this.replicas.filter(({ isServing }) => isServing);
  }

  replica(index: number): Replica {
    const found = this.replicas[index];
    if (found === undefined) throw new Error(`there is no replica ${index}`);
    return found;
  }

  get redis(): Redis {
    if (this.#redis.server === undefined) throw new Error('there is no Redis');
    return this.#redis.server;
  }

  async flushRedis(): Promise<void> {
    await this.#redis.client?.flushall();
  }

  /** As a crash of a Redis that stores nothing: it comes back on the same port, empty. */
  async restartRedis(downMs: number, wait: (ms: number) => Promise<void>): Promise<void> {
    const { port } = this.redis;
    await this.redis.stop();
    await wait(downMs);
    this.#redis.server = await startRedis({ port });
  }

  /** The replica that owns an instance; undefined when Redis does not say. */
  async ownerOf(group: string, instance: string): Promise<Replica | undefined> {
    const address = await this.#redis.client?.hget(keyOf(group, instance), 'addr');
    if (address === null || address === undefined) return undefined;
    return this.replicas.find(({ advertisedUrl }) => advertisedUrl === address.replace(/\/$/, ''));
  }

  /** Waits until Redis names an owner that satisfies. */
  async owner(
    group: string,
    instance: string,
    suits: (owner: Replica) => boolean = () => true,
    timeoutMs = 30_000,
  ): Promise<Replica> {
    return waitFor(
      `an owner of ${group}/${instance}`,
      async () => {
        const owner = await this.ownerOf(group, instance);
        return owner !== undefined && suits(owner) ? owner : undefined;
      },
      timeoutMs,
      5,
    );
  }

  /** Rises by one whenever another replica takes the instance over; undefined when Redis does not say. */
  async epochOf(group: string, instance: string): Promise<number | undefined> {
    const epoch = await this.#redis.client?.hget(keyOf(group, instance), 'epoch');
    return epoch === null || epoch === undefined ? undefined : Number(epoch);
  }

  /** Whether Redis knows an instance. */
  async isKnown(group: string, instance: string): Promise<boolean> {
    return (await this.#redis.client?.exists(keyOf(group, instance))) === 1;
  }

  async stop(): Promise<void> {
    this.redisLink?.join();
    for (const link of this.peerLinks) link.join();
    this.#redis.server?.resume();
    for (const replica of this.replicas) replica.resume();
    await Promise.all(this.replicas.map((each) => each.kill()));
    this.#redis.client?.disconnect();
    await Promise.all([this.balancer.stop(), this.#redis.server?.stop()]);
    this.redisLink?.close();
    for (const link of this.peerLinks) link.close();
  }
}

/** Where Redis keeps an instance. */
function keyOf(group: string, instance: string): string {
  return `krest:i:{${group.length}:${group}/${instance}}`;
}

function flags(): readonly string[] {
  return serveArguments().filter((each) => each.startsWith('--'));
}
