import { spawn, spawnSync } from 'node:child_process';

import { startKafka } from '../stack/kafka-cluster.ts';
import { type Progress, fetchKafka, fetchRegistry } from '../stack/maven.ts';
import { projectDir } from '../stack/cache.ts';
import { PortInUse, isPortFree } from '../stack/ports.ts';
import { javaCommand } from '../stack/prerequisites.ts';
import { startRegistry } from '../stack/registry.ts';
import { Told } from '../stack/told.ts';
import { unlessAborted } from '../stack/wait.ts';

/** Kafka and a schema registry that were started for one run. */
export interface LocalStack {
  readonly bootstrapServers: string;
  /** Undefined when the registry could not be started. */
  readonly schemaRegistryUrl: string | undefined;
  readonly note: string;
  stop(): Promise<void>;
}

export interface StackPorts {
  readonly kafka: number;
  readonly registry: number;
}

/** The ports of the local stack: `KRP_KAFKA_PORT` and `KRP_REGISTRY_PORT`, else those that quick starts expect. */
export function stackPorts(environment: Readonly<Record<string, string | undefined>>): StackPorts {
  return {
    kafka: portOf('KRP_KAFKA_PORT', environment['KRP_KAFKA_PORT'], 9092),
    registry: portOf('KRP_REGISTRY_PORT', environment['KRP_REGISTRY_PORT'], 8081),
  };
}

function portOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Told(`${name} is "${text}"; it must be a port number.`);
}

/** Whether a Docker daemon answers and has Compose; `KRP_STACK=processes` says not to ask. */
export function hasDocker(): boolean {
  if (process.env['KRP_STACK'] === 'processes') return false;
  const works = (args: readonly string[]): boolean =>
    spawnSync('docker', args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
  return works(['version', '--format', '{{.Server.Version}}']) && works(['compose', 'version']);
}

/**
 * Starts Kafka and a registry: in containers when Docker answers, else as local processes.
 *
 * An abort ends it early, with an error, after it has removed its containers.
 *
 * @throws {PortInUse} when Kafka's port is busy; a busy registry port is a warning
 * @throws {MissingPrerequisite} when local processes need something that is not installed
 */
export async function startStack(
  ports: StackPorts,
  progress: Progress,
  end: AbortSignal,
): Promise<LocalStack> {
  if (!(await isPortFree(ports.kafka))) throw new PortInUse(ports.kafka);
  if (hasDocker()) {
    try {
      return await startContainers(ports, progress, end);
    } catch (error) {
      if (end.aborted) throw error;
      progress(
        `Docker Compose could not start the stack (${messageOf(error)}); local processes take its place.`,
      );
    }
  }
  // What they had started when somebody aborts is killed at our exit.
  return unlessAborted(end, startProcesses(ports, progress));
}

const composeProject = 'kafka-rest-proxy-start';

async function startContainers(ports: StackPorts, progress: Progress, end: AbortSignal): Promise<LocalStack> {
  const registry = (await isPortFree(ports.registry)) ? ['schema-registry'] : [];
  if (registry.length === 0) progress(registryPortBusy(ports.registry));
  const compose = (...args: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn('docker', ['compose', '-p', composeProject, ...args], {
        cwd: projectDir,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          ...process.env,
          KRP_KAFKA_PORT: String(ports.kafka),
          KRP_REGISTRY_PORT: String(ports.registry),
        },
        // A Ctrl-C is ours to handle: "down" has to run after it.
        detached: true,
      });
      if (args[0] === 'up') end.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
      child.once('error', reject);
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit code ${code}`))));
    });
  progress('Starting Kafka and the schema registry in containers …');
  try {
    await compose('up', '--detach', '--wait', 'kafka', ...registry);
  } catch (error) {
    await compose('down', '--volumes');
    throw error;
  }
  return {
    bootstrapServers: `127.0.0.1:${ports.kafka}`,
    schemaRegistryUrl:
      registry.length === 0 ? undefined : `http://127.0.0.1:${ports.registry}/apis/ccompat/v7`,
    note: 'Kafka runs in a container for this run; its topics are gone afterwards.',
    stop: () => compose('down', '--volumes'),
  };
}

async function startProcesses(ports: StackPorts, progress: Progress): Promise<LocalStack> {
  javaCommand();
  await fetchKafka(progress);
  const registryMissing = await fetchRegistry(progress).then(
    () => undefined,
    (error: unknown) => messageOf(error),
  );
  progress('Starting Kafka and the schema registry …');
  const startingRegistry =
    registryMissing === undefined
      ? startRegistry({ port: ports.registry, progress }).catch((error: unknown) => {
          if (error instanceof PortInUse) progress(registryPortBusy(error.port));
          else progress(`The schema registry did not start; going on without it. ${messageOf(error)}`);
          return undefined;
        })
      : Promise.resolve(undefined);
  if (registryMissing !== undefined) {
    progress(`The schema registry could not be fetched; going on without it. ${registryMissing}`);
  }
  let kafka;
  try {
    kafka = await startKafka({ ports: [ports.kafka], progress });
  } catch (error) {
    await (await startingRegistry)?.stop();
    throw error;
  }
  const registry = await startingRegistry;
  return {
    bootstrapServers: kafka.bootstrapServers,
    schemaRegistryUrl: registry?.url,
    note: 'Kafka and the registry are local processes for this run; topics and schemas are gone afterwards.',
    stop: async () => {
      await Promise.all([kafka.stop(), registry?.stop()]);
    },
  };
}

function registryPortBusy(port: number): string {
  return `Port ${port} is in use, so no schema registry is started; KRP_REGISTRY_PORT chooses another port.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
