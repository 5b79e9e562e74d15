import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { makeGroups } from '../support/group-offsets.ts';
import { TestApp, type Answer } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const patience = { timeout: 45_000, interval: 100 };
const groupCount = 12;

interface Json {
  readonly [key: string]: unknown;
}

const idOf = (group: Json): unknown => group['consumer_group_id'];

/** Reads the same again and again, one answer after the other, until told to stop. */
class Reader {
  readonly answers: Answer[] = [];
  #stopped = false;
  readonly #reading: Promise<void>;

  constructor(
    app: TestApp,
    readonly path: string,
  ) {
    this.#reading = (async () => {
      while (!this.#stopped) this.answers.push(await app.request(path));
    })();
  }

  /** Resolves when it has been read well, having been asked for from now on. */
  async goesOn(): Promise<void> {
    // One may be under way.
    const from = this.answers.length + 1;
    await expect
      .poll(() => this.answers.slice(from).some(({ status }) => status === 200), patience)
      .toBe(true);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#reading;
  }
}

describe('consumer groups on three brokers', () => {
  let kafka: KafkaCluster;
  let app: TestApp;
  let groups: string;
  let topic: string;
  const ids = Array.from({ length: groupCount }, () => uniqueName('moved')).sort();

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
    app = await TestApp.onKafka(kafka.bootstrapServers);
    const { data } = (await app.request('/v3/clusters')).json as { readonly data: readonly Json[] };
    const cluster = `/v3/clusters/${String(data[0]?.['cluster_id'])}`;
    groups = `${cluster}/consumer-groups`;
    topic = uniqueName('grouped');
    const created = await app.request(`${cluster}/topics`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: { topic_name: topic, partitions_count: 3 },
    });
    expect(created.status, created.text).toBe(201);
    const client = new Kafka({ brokers: kafka.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
    const producer = client.producer();
    await producer.connect();
    const messages = [0, 1, 2].flatMap((partition) =>
      Array.from({ length: 10 }, () => ({ partition, value: 'x' })),
    );
    await producer.send({ topic, messages });
    await producer.disconnect();
    await makeGroups(kafka.bootstrapServers, ids, topic, [0, 1, 2]);
  });

  afterAll(async () => {
    await app.close();
    await kafka.stop();
  });

  async function coordinatorOf(group: string): Promise<number> {
    const { json } = await app.request(`${groups}/${group}`);
    const { coordinator } = json as { readonly coordinator: { readonly related: string } };
    return Number(coordinator.related.split('/').at(-1));
  }

  /** What is told of groups, lags and members, whoever coordinates. */
  function check({ path, answers }: Reader): void {
    for (const { status, json, text } of answers) {
      // Trouble is told as trouble of Kafka's that may pass, never as something that is not so.
      if (status !== 200) {
        expect([status, (json as Json)['error_code']], `${path}: ${text}`).toEqual([500, 50003]);
        continue;
      }
      const { data, ...rest } = json as Json & { readonly data: readonly Json[] };
      if (path.endsWith('/lags'))
        expect(data.map((one) => [one['partition_id'], one['current_offset'], one['lag']])).toEqual([
          [0, 0, 10],
          [1, 1, 9],
          [2, 2, 8],
        ]);
      else if (path.endsWith('/lag-summary')) expect(rest).toMatchObject({ total_lag: 27, max_lag: 10 });
      else if (path.endsWith('/consumers')) expect(data).toEqual([]);
      // For the moment in which nobody coordinates a group, no broker lists it.
      else if (path === groups) expect(ids).toEqual(expect.arrayContaining(data.map(idOf)));
      else expect(rest).toMatchObject({ state: 'EMPTY', type: 'CLASSIC', is_simple: true });
    }
  }

  it.each([
    ['is shut down', (id: number): Promise<void> => kafka.broker(id).stop()],
    ['is killed', (id: number): Promise<void> => kafka.broker(id).kill()],
  ])(
    'are told as they are while a coordinator %s and another takes over',
    { timeout: 300_000 },
    async (_, end) => {
      const [group = ''] = ids;
      const paths = ['', '/lags', '/lag-summary', '/consumers'].map((rest) => `${groups}/${group}${rest}`);
      const readers = [...paths, groups].map((path) => new Reader(app, path));
      const first = await coordinatorOf(group);

      await end(first);
      for (const reader of readers) await reader.goesOn();
      await expect.poll(() => coordinatorOf(group), patience).not.toBe(first);
      await kafka.broker(first).start();
      await kafka.ready(3);
      for (const reader of readers) await reader.goesOn();
      await Promise.all(readers.map((reader) => reader.stop()));

      for (const reader of readers) check(reader);
      const { data } = (await app.request(groups)).json as { readonly data: readonly Json[] };
      expect(data.map(idOf)).toEqual(ids);
    },
  );
});
