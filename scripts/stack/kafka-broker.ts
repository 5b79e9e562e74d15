import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { logFile, writeInto } from './cache.ts';
import { probeKafka } from './kafka-probe.ts';
import { lightJvm } from './prerequisites.ts';
import { SupervisedProcess } from './processes.ts';
import { GiveUp, waitFor } from './wait.ts';

export interface BrokerOptions {
  readonly id: number;
  readonly java: string;
  readonly libs: string;
  readonly dir: string;
  /** The plain-text port. */
  readonly port: number;
  readonly properties: Readonly<Record<string, string>>;
  /** Arguments of StorageTool that make the SCRAM users. */
  readonly scram: readonly string[];
  readonly heapMb: number;
}

const clusterId = 'bG9jYWwtY2x1c3Rlci0wMQ';
const startTimeoutMs = 90_000;

/** One Kafka broker that is its own controller, as a local process. */
export class KafkaBroker {
  readonly id: number;
  readonly port: number;
  readonly log: string;
  private readonly options: BrokerOptions;
  private process: SupervisedProcess | undefined;

  constructor(options: BrokerOptions) {
    this.options = options;
    this.id = options.id;
    this.port = options.port;
    this.log = logFile(`kafka-${options.port}`);
  }

  /** The process id; undefined when it does not run. */
  get pid(): number | undefined {
    return this.process?.isRunning === true ? this.process.pid : undefined;
  }

  /** Formats its log folder, when that is not done yet. */
  async format(): Promise<void> {
    const { dir, java, libs, properties, scram } = this.options;
    const file = this.propertiesFile;
    writeInto(
      file,
      Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    writeInto(join(dir, 'log4j2.properties'), loggingProperties);
    if (existsSync(join(dir, 'data', 'meta.properties'))) return;
    await new Promise<void>((resolve, reject) => {
      const child = spawn(
        java,
        ['-Xmx128m', ...lightJvm, '-cp', join(libs, '*'), 'kafka.tools.StorageTool'].concat(
          ['format', '--config', file, '--cluster-id', clusterId],
          scram,
        ),
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`the storage of broker ${this.id} could not be formatted:\n${output.trim()}`));
      });
    });
  }

  /** Starts it; resolves when the process runs, not when it answers. */
  async launch(): Promise<void> {
    if (this.process?.isRunning === true) throw new Error(`broker ${this.id} runs already`);
    const { dir, java, libs, heapMb } = this.options;
    this.process = await SupervisedProcess.start({
      name: `kafka broker ${this.id}`,
      command: java,
      args: [
        `-Xmx${heapMb}m`,
        ...lightJvm,
        `-Dlog4j2.configurationFile=${join(dir, 'log4j2.properties')}`,
        '-cp',
        join(libs, '*'),
        'kafka.Kafka',
        this.propertiesFile,
      ],
      log: this.log,
    });
  }

  /**
   * Waits until it answers and knows of `brokers` brokers, itself among them.
   *
   * @throws {Error} with the end of its log when it ends instead
   */
  async ready(brokers: number): Promise<void> {
    await waitFor(
      `Kafka broker ${this.id} on port ${this.port} (log: ${this.log})`,
      async () => {
        const exit = this.process?.exit;
        if (exit !== undefined) {
          throw new GiveUp(`Kafka broker ${this.id} ended (${exit}):\n${this.process?.lastLines() ?? ''}`);
        }
        const { brokers: seen, controller } = await probeKafka(this.port);
        return seen.length >= brokers && seen.includes(this.id) && controller >= 0 ? true : undefined;
      },
      startTimeoutMs,
    );
  }

  /** Starts it again, on the same ports with the same data, and waits until it takes part. */
  async start(): Promise<void> {
    await this.launch();
    await this.ready(1);
  }

  /** Controlled shutdown: it hands its partitions over first. */
  async stop(timeoutMs = 30_000): Promise<void> {
    await this.process?.stop(timeoutMs);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** Freezes it, as a long garbage collection would: connections stay open, nothing answers. */
  pause(): void {
    this.process?.pause();
  }

  resume(): void {
    this.process?.resume();
  }

  private get propertiesFile(): string {
    return join(this.options.dir, 'server.properties');
  }
}

const loggingProperties = `rootLogger.level=WARN
rootLogger.appenderRef.stdout.ref=STDOUT
appender.stdout.type=Console
appender.stdout.name=STDOUT
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d{HH:mm:ss.SSS} %p %m (%c{1})%n
logger.groups.name=org.apache.kafka.coordinator.group
logger.groups.level=INFO
logger.server.name=kafka.server
logger.server.level=INFO
logger.config.name=kafka.server.KafkaConfig
logger.config.level=WARN
logger.clients.name=org.apache.kafka.clients
logger.clients.level=ERROR
`;
