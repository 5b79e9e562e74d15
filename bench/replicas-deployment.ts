import { serveArguments } from '../scripts/serve-command.ts';
import { freePort } from '../scripts/stack/ports.ts';
import { MeasuredProcess } from './measured-process.ts';
import { call, produceBody, jsonV2, subscribe } from './scenarios.ts';
import { load, post } from './http-load.ts';

export interface DeploymentOptions {
  readonly kafka: string;
  /** Without it each replica is alone. */
  readonly redis: string | undefined;
  readonly replicas: number;
}

/** One replica; it can be started again on the same ports. */
export class BenchReplica {
  readonly port: number;
  readonly url: string;
  readonly internalUrl: string;
  readonly #settings: Readonly<Record<string, string>>;
  #running: MeasuredProcess | undefined;

  constructor(port: number, internalPort: number, settings: Readonly<Record<string, string>>) {
    this.port = port;
    this.#settings = settings;
    this.url = `http://127.0.0.1:${port}`;
    this.internalUrl = `http://127.0.0.1:${internalPort}`;
  }

  /** @throws when it is not running */
  get process(): MeasuredProcess {
    if (this.#running === undefined) throw new Error('the replica was not started');
    return this.#running;
  }

  async start(): Promise<void> {
    this.#running = new MeasuredProcess(serveArguments(), {
      KAFKA_REST_LISTENERS: this.url,
      KAFKA_REST_INTERNAL_LISTENERS: this.internalUrl,
      KAFKA_REST_INTERNAL_ADVERTISED_URL: this.internalUrl,
      KAFKA_REST_LOG_REQUESTS: 'false',
      ...this.#settings,
    });
    await this.#running.answers(`${this.url}/health/ready`, 60_000);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.process.pid, signal);
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined || running.ended) return;
    this.signal('SIGCONT');
    await running.stop();
  }
}

/** Starts replicas that share a Redis. */
export async function startReplicas(options: DeploymentOptions): Promise<readonly BenchReplica[]> {
  const settings = {
    KAFKA_REST_BOOTSTRAP_SERVERS: options.kafka,
    KAFKA_REST_SCHEMA_REGISTRY_URL: '',
    KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS: '10000',
    KAFKA_REST_CONSUMER_MAX_INSTANCES: '20000',
    ...(options.redis === undefined
      ? {}
      : { KAFKA_REST_REDIS_URL: options.redis, KAFKA_REST_INTERNAL_SECRET: 'the-secret-of-the-bench' }),
  };
  const replicas: BenchReplica[] = [];
  for (let i = 0; i < options.replicas; i++) {
    replicas.push(new BenchReplica(await freePort(), await freePort(), settings));
  }
  await Promise.all(replicas.map((each) => each.start()));
  return replicas;
}

/** Writes at least so many records of 100 bytes. */
export async function fill(replica: BenchReplica, topic: string, records: number): Promise<void> {
  const request = post(`/topics/${topic}`, jsonV2, produceBody(100));
  for (let sent = 0; sent < records;) {
    const { requests } = await load({ port: replica.port, connections: 8, request, durationMs: 500 });
    sent += requests * 100;
  }
}

let groups = 0;

/** A name that no run had before. */
export function groupName(): string {
  return `bench-${process.pid}-${Date.now()}-${++groups}`;
}

/** Instances that have assigned themselves the partitions of a topic, at the beginning. @returns their paths */
export async function assigned(
  base: string,
  topic: string,
  partitions: number,
  instances: number,
): Promise<readonly string[]> {
  const group = groupName();
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  return Promise.all(
    Array.from({ length: instances }, async (_, i) => {
      const path = `/consumers/${group}/instances/i${i}`;
      await call(base, 'POST', `/consumers/${group}`, {
        name: `i${i}`,
        format: 'json',
        'auto.offset.reset': 'earliest',
        'auto.commit.enable': 'false',
      });
      await call(base, 'POST', `${path}/assignments`, { partitions: all });
      return path;
    }),
  );
}

/** One instance that is a member of a group of its own and has got records once. @returns its path */
export async function joined(base: string, topic: string): Promise<string> {
  const path = await subscribe(base, groupName(), 'reader', topic, { 'auto.offset.reset': 'earliest' });
  await read(base, path, 'timeout=10000&max_bytes=1000');
  return path;
}

/** One read. @returns how many records it got @throws when it is no 200 */
export async function read(base: string, path: string, query: string): Promise<number> {
  const response = await fetch(`${base}${path}/records?${query}`, { headers: { accept: jsonV2 } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  const records: unknown = JSON.parse(text);
  return Array.isArray(records) ? records.length : 0;
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
