import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticConsumers } from '#libs/kafka/platformatic/consumer/platformatic-consumers.ts';
import { JavaConsumer, type JavaConsumerOptions } from '../support/java/java-consumer.ts';
import { connectionTo } from '../support/log-reader.ts';
import { sharedKafka } from '../support/shared-servers.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { consumerDefaults, Reader, Writer } from './kafka-consumer-fixture.ts';

const partitions = 6;

let kafka: string;
let writer: Writer;
let connections: Connections;
let metadata: ClusterMetadata;
let consumers: PlatformaticConsumers;
const readers: Committing[] = [];
const javas: JavaConsumer[] = [];

beforeAll(async () => {
  kafka = await sharedKafka();
  writer = new Writer(kafka);
  connections = new Connections(connectionTo(kafka));
  metadata = new ClusterMetadata(connections);
  consumers = new PlatformaticConsumers(connections, metadata, consumerDefaults);
});

afterEach(async () => {
  await Promise.all([...readers.splice(0), ...javas.splice(0)].map((one) => one.stop()));
});

afterAll(async () => {
  await writer.close();
  consumers.close();
  metadata.close();
  connections.close();
});

/** Reads and commits in a loop, as the Java consumer does. */
class Committing {
  readonly reader: Reader;
  readonly seen: string[] = [];
  readonly #end = new AbortController();
  readonly #loop: Promise<void>;
  #busy = Promise.resolve();

  constructor(groupId: string, topic: string, strategy: string) {
    this.reader = new Reader(consumers, { groupId, partitionAssignmentStrategy: [strategy] });
    this.reader.onRevoked = () => this.#busy;
    this.reader.consumer.subscribe([topic]);
    this.#loop = this.#run(topic);
    readers.push(this);
  }

  get partitions(): number[] {
    return this.reader.consumer
      .assignment()
      .map(({ partition }) => partition)
      .sort((a, b) => a - b);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#loop;
    await this.reader.consumer.close({ leave: true });
  }

  async #run(topic: string): Promise<void> {
    while (!this.#end.signal.aborted) {
      const records = await this.reader.poll(100);
      if (records.length === 0) continue;
      this.seen.push(...records.map(({ value }) => String(value)));
      const next = new Map(records.map((r) => [r.partition, r.offset + 1n]));
      const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset, metadata: null }));
      this.#busy = this.reader.consumer.commit(offsets, 5_000);
      await this.#busy;
    }
  }
}

async function java(
  group: string,
  topic: string,
  assignor: JavaConsumerOptions['assignor'],
): Promise<JavaConsumer> {
  const started = await JavaConsumer.start({ bootstrapServers: kafka, group, topic, assignor });
  javas.push(started);
  return started;
}

async function shared(members: readonly { readonly partitions: readonly number[] }[]): Promise<void> {
  const all = Array.from({ length: partitions }, (_, i) => i);
  const each = Math.floor(partitions / members.length);
  await expect
    .poll(
      () => {
        const shares = members.map((member) => member.partitions);
        return {
          all: shares.flat().sort((a, b) => a - b),
          even: shares.every((share) => share.length >= each && share.length <= each + 1),
        };
      },
      { timeout: 40_000, interval: 100 },
    )
    .toEqual({ all, even: true });
}

describe('A group with members that are Java clients', () => {
  it.each([
    ['range', 'RangeAssignor'],
    ['roundrobin', 'RoundRobinAssignor'],
    ['sticky', 'StickyAssignor'],
    ['cooperative-sticky', 'CooperativeStickyAssignor'],
  ] as const)(
    'shares the partitions and loses or repeats nothing with %s, whoever leads',
    async (strategy, assignor) => {
      const topic = await createTopic(kafka, uniqueName('java'), { partitions });
      const group = uniqueName('java');
      const end = new AbortController();
      let written = 0;
      const writing = (async () => {
        for (; !end.signal.aborted; written++) {
          await writer.write(topic, written % partitions, [String(written)]);
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      })();

      // Ours leads.
      const first = new Committing(group, topic, strategy);
      await shared([first]);
      const other = await java(group, topic, assignor);
      await shared([first, other]);
      const kept = first.reader.revocations.map((one) => one.partitions.length);
      if (strategy === 'cooperative-sticky') expect(kept).toEqual([partitions / 2]);
      const second = new Committing(group, topic, strategy);
      await shared([first, other, second]);
      // Ours go, the Java member leads, and ours come back to it.
      await Promise.all([first.stop(), second.stop()]);
      await shared([other]);
      const third = new Committing(group, topic, strategy);
      await shared([other, third]);
      end.abort();
      await writing;
      const ours = (): string[] => [first, second, third].flatMap((one) => one.seen);
      const seen = (): string[] => [...ours(), ...other.records.map(({ value }) => value)];
      await expect.poll(() => new Set(seen()).size, { timeout: 20_000 }).toBe(written);

      expect(new Set(ours()).size).toBe(ours().length);
      if (other.failedCommits === 0) expect(seen()).toHaveLength(written);
      expect(other.records.length).toBeGreaterThan(0);
      if (strategy === 'cooperative-sticky') {
        // It kept half of what it had: nobody stopped the world.
        expect(other.revocations.at(-1)).toHaveLength(partitions / 2);
      }
    },
    120_000,
  );
});
