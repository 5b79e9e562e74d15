import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { logFile } from '../../../scripts/stack/cache.ts';
import { fetchKafka } from '../../../scripts/stack/maven.ts';
import { javaCommand, lightJvm } from '../../../scripts/stack/prerequisites.ts';
import { SupervisedProcess } from '../../../scripts/stack/processes.ts';
import { uniqueName } from '../unique-name.ts';

export interface JavaConsumerOptions {
  readonly bootstrapServers: string;
  readonly group: string;
  readonly topic: string;
  /** Java's name of the assignor, without the package. */
  readonly assignor: 'RangeAssignor' | 'RoundRobinAssignor' | 'StickyAssignor' | 'CooperativeStickyAssignor';
  /** `consumer` for the new protocol, in which the coordinator assigns; `classic` when absent. */
  readonly protocol?: 'classic' | 'consumer';
  /** Makes it a static member. */
  readonly instanceId?: string;
}

export interface JavaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

/** A member of a group that is Kafka's own Java client: the VerifiableConsumer of Kafka's tools. It commits what it reads. */
export class JavaConsumer {
  readonly #process: SupervisedProcess;
  readonly #log: string;

  private constructor(process: SupervisedProcess, log: string) {
    this.#process = process;
    this.#log = log;
  }

  static async start(options: JavaConsumerOptions): Promise<JavaConsumer> {
    const libs = await fetchKafka(() => {});
    const log = logFile(uniqueName('java-consumer'));
    const process = await SupervisedProcess.start({
      name: 'Java consumer',
      command: javaCommand(),
      args: [
        '-Xmx128m',
        ...lightJvm,
        '-cp',
        join(libs, '*'),
        'org.apache.kafka.tools.VerifiableConsumer',
        '--bootstrap-server',
        options.bootstrapServers,
        '--topic',
        options.topic,
        '--group-id',
        options.group,
        ...(options.instanceId === undefined ? [] : ['--group-instance-id', options.instanceId]),
        ...protocolOptions(options),
        '--reset-policy',
        'earliest',
        '--verbose',
      ],
      log,
    });
    return new JavaConsumer(process, log);
  }

  /** The partitions that it has now. */
  get partitions(): number[] {
    const now = new Set<number>();
    for (const event of this.#events()) {
      for (const partition of event.partitions) {
        if (event.name === 'partitions_assigned') now.add(partition);
        if (event.name === 'partitions_revoked') now.delete(partition);
      }
    }
    return [...now].sort((a, b) => a - b);
  }

  /** What was taken from it, each time. */
  get revocations(): number[][] {
    return this.#events()
      .filter(({ name, partitions }) => name === 'partitions_revoked' && partitions.length > 0)
      .map(({ partitions }) => [...partitions].sort((a, b) => a - b));
  }

  /** Commits that a rebalance overtook: what it had read for them is read again by others. */
  get failedCommits(): number {
    return this.#events().filter(({ name, isFailure }) => name === 'offsets_committed' && isFailure).length;
  }

  get records(): JavaRecord[] {
    return this.#events().flatMap(({ record }) => (record === undefined ? [] : [record]));
  }

  /** It leaves its group. */
  async stop(): Promise<void> {
    await this.#process.stop(15_000);
    rmSync(this.#log, { force: true });
  }

  #events(): Event[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => eventOf(JSON.parse(line)));
  }
}

/** In the new protocol, assignor and session are the coordinator's. */
function protocolOptions({ protocol, assignor }: JavaConsumerOptions): readonly string[] {
  if (protocol === 'consumer') return ['--group-protocol', 'consumer'];
  const strategy = `org.apache.kafka.clients.consumer.${assignor}`;
  return ['--assignment-strategy', strategy, '--session-timeout', '10000'];
}

interface Event {
  readonly name: string;
  readonly partitions: readonly number[];
  readonly record: JavaRecord | undefined;
  readonly isFailure: boolean;
}

function eventOf(json: unknown): Event {
  const { name, partitions, partition, offset, value, success } = Object(json) as Record<string, unknown>;
  const record =
    name === 'record_data'
      ? { partition: Number(partition), offset: Number(offset), value: String(value) }
      : undefined;
  const list: unknown[] = Array.isArray(partitions) && name !== 'records_consumed' ? partitions : [];
  return {
    name: String(name),
    partitions: list.map((one) => Number((Object(one) as Record<string, unknown>)['partition'])),
    record,
    isFailure: success === false,
  };
}
