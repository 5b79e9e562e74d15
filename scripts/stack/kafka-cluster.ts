import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { runDir } from './cache.ts';
import { CertificateAuthority } from './certificates.ts';
import { KafkaBroker } from './kafka-broker.ts';
import { type KafkaUser, type ListenerSpec, listenerProperties, usesTls } from './kafka-listeners.ts';
import { type Progress, fetchKafka } from './maven.ts';
import { PortInUse, freePort, isPortFree } from './ports.ts';
import { javaCommand } from './prerequisites.ts';

export interface KafkaOptions {
  /** Default 1. With 3, topics get 3 replicas and min.insync.replicas is 2. */
  readonly brokers?: 1 | 3;
  /** The plain-text ports, one a broker; free ones when not given. */
  readonly ports?: readonly number[];
  /** Where the data is kept; when given it stays there after the end and is used again. */
  readonly dataDir?: string;
  /** More lines for server.properties of every broker; they win. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly listeners?: readonly ListenerSpec[];
  readonly users?: readonly KafkaUser[];
  /**
   * Turns the authorizer on: nobody may do anything without an ACL, except these, written as
   * `User:name`. Those who come through the plain-text listener (User:ANONYMOUS) always may.
   */
  readonly superUsers?: readonly string[];
  readonly heapMb?: number;
  readonly progress?: Progress;
}

/** A running cluster of Kafka brokers. */
export class KafkaCluster {
  /** `host:port` of every broker's plain-text listener, with commas. */
  readonly bootstrapServers: string;
  readonly brokers: readonly KafkaBroker[];
  /** Signs the brokers' certificates; there when a listener uses TLS. */
  readonly authority: CertificateAuthority | undefined;
  private readonly listenerPorts: ReadonlyMap<string, readonly number[]>;
  private readonly ownedDir: string | undefined;

  constructor(
    brokers: readonly KafkaBroker[],
    listenerPorts: ReadonlyMap<string, readonly number[]>,
    authority: CertificateAuthority | undefined,
    ownedDir: string | undefined,
  ) {
    this.brokers = brokers;
    this.listenerPorts = listenerPorts;
    this.authority = authority;
    this.ownedDir = ownedDir;
    this.bootstrapServers = brokers.map((broker) => `127.0.0.1:${broker.port}`).join(',');
  }

  /** The broker with this node id: 1, 2, 3. */
  broker(id: number): KafkaBroker {
    const found = this.brokers.find((broker) => broker.id === id);
    if (found === undefined) throw new Error(`there is no broker ${id}`);
    return found;
  }

  /** The bootstrap servers of one of the listeners asked for. */
  bootstrapServersOf(listener: string): string {
    const ports = this.listenerPorts.get(listener);
    if (ports === undefined) throw new Error(`there is no listener ${listener}`);
    return ports.map((port) => `127.0.0.1:${port}`).join(',');
  }

  /** Resolves when the number of brokers known to every running broker is `count` again. */
  async ready(count = this.brokers.length): Promise<void> {
    await Promise.all(
      this.brokers.filter((broker) => broker.pid !== undefined).map((broker) => broker.ready(count)),
    );
  }

  /** Ends all brokers. Data that was asked for is kept, all other is removed. */
  async stop(): Promise<void> {
    for (const broker of this.brokers) broker.resume();
    if (this.ownedDir === undefined) {
      await Promise.all(this.brokers.map((broker) => broker.stop(15_000)));
      return;
    }
    await Promise.all(this.brokers.map((broker) => broker.kill()));
    rmSync(this.ownedDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Starts Apache Kafka (KRaft) as local processes on 127.0.0.1 and waits until every broker takes part.
 *
 * @throws {MissingPrerequisite} when Java or Maven is missing
 * @throws {PortInUse} when a port asked for is busy
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const java = javaCommand();
  for (const port of options.ports ?? []) {
    if (!(await isPortFree(port))) throw new PortInUse(port);
  }
  const libs = await fetchKafka(options.progress ?? (() => {}));
  const count = options.brokers ?? 1;
  const ownedDir = options.dataDir === undefined ? runDir('kafka') : undefined;
  const dir = options.dataDir ?? ownedDir ?? '';
  const listeners = options.listeners ?? [];
  const authority = listeners.some(usesTls) ? new CertificateAuthority(join(dir, 'certificates')) : undefined;

  const plan: PlannedBroker[] = [];
  for (let id = 1; id <= count; id++) {
    const extra = new Map<string, number>();
    for (const listener of listeners) extra.set(listener.name, await freePort());
    plan.push({
      id,
      port: options.ports?.[id - 1] ?? (await freePort()),
      controller: await freePort(),
      extra,
    });
  }
  const voters = plan.map((node) => `${node.id}@127.0.0.1:${node.controller}`).join(',');
  const users = options.users ?? [];
  const security = Object.assign(
    {},
    ...listeners.map((listener) =>
      listenerProperties(
        listener,
        users,
        authority && { server: authority.issue('broker'), authority: authority.certificate },
      ),
    ),
    options.superUsers === undefined ? {} : authorizerProperties(options.superUsers),
  );
  const brokers = plan.map(
    (node) =>
      new KafkaBroker({
        id: node.id,
        java,
        libs,
        dir: join(dir, `broker-${node.id}`),
        port: node.port,
        heapMb: options.heapMb ?? 256,
        scram: scramArguments(listeners, users),
        properties: {
          ...baseProperties(count),
          'node.id': String(node.id),
          'controller.quorum.voters': voters,
          'log.dirs': join(dir, `broker-${node.id}`, 'data'),
          ...addresses(node, listeners),
          ...security,
          ...options.properties,
        },
      }),
  );
  const ports = new Map(
    listeners.map((listener) => [listener.name, plan.map((node) => node.extra.get(listener.name) ?? 0)]),
  );
  const cluster = new KafkaCluster(brokers, ports, authority, ownedDir);
  try {
    await Promise.all(brokers.map((broker) => broker.format()));
    await Promise.all(brokers.map((broker) => broker.launch()));
    await Promise.all(brokers.map((broker) => broker.ready(count)));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

interface PlannedBroker {
  readonly id: number;
  readonly port: number;
  readonly controller: number;
  /** Port by name of listener. */
  readonly extra: ReadonlyMap<string, number>;
}

function addresses(node: PlannedBroker, listeners: readonly ListenerSpec[]): Record<string, string> {
  const own = `PLAINTEXT://127.0.0.1:${node.port}`;
  const bound = [...node.extra].map(([name, port]) => `${name}://127.0.0.1:${port}`);
  const advertised = listeners.map(({ name, advertisedPorts }) => {
    const port = advertisedPorts?.[node.id - 1] ?? node.extra.get(name);
    return `${name}://127.0.0.1:${port}`;
  });
  return {
    listeners: [own, ...bound, `CONTROLLER://127.0.0.1:${node.controller}`].join(','),
    'advertised.listeners': [own, ...advertised].join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': [
      'PLAINTEXT:PLAINTEXT',
      'CONTROLLER:PLAINTEXT',
      ...listeners.map((listener) => `${listener.name}:${listener.protocol}`),
    ].join(','),
  };
}

/** Small and quick: what a laptop or a test run wants, not what a data centre wants. */
function baseProperties(brokers: number): Record<string, string> {
  const replicas = String(brokers);
  const inSync = brokers === 3 ? '2' : '1';
  return {
    'process.roles': 'broker,controller',
    'num.partitions': '1',
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.num.partitions': '4',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '6000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'num.recovery.threads.per.data.dir': '1',
    'log.cleaner.dedupe.buffer.size': '2097152',
    'log.segment.delete.delay.ms': '1000',
  };
}

function authorizerProperties(superUsers: readonly string[]): Record<string, string> {
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': ['User:ANONYMOUS', ...superUsers].join(';'),
    'allow.everyone.if.no.acl.found': 'false',
  };
}

function scramArguments(listeners: readonly ListenerSpec[], users: readonly KafkaUser[]): string[] {
  const mechanisms = new Set(listeners.flatMap((listener) => listener.mechanisms ?? []));
  return [...mechanisms]
    .filter((mechanism) => mechanism.startsWith('SCRAM'))
    .flatMap((mechanism) =>
      users.flatMap((user) => ['--add-scram', `${mechanism}=[name=${user.name},password=${user.password}]`]),
    );
}
