import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { readLog } from '../support/log-reader.ts';
import { RecordStreamClient } from '../support/record-stream-client.ts';
import { TestApp } from '../support/test-app.ts';
import { uniqueName } from '../support/unique-name.ts';

const partitions = 6;
const mostUnanswered = 400;
const recordsATime = 20;

/** One stream that goes on and on: records to all partitions in turn, numbered, until told to stop. */
class EndlessStream {
  sent = 0;
  #stopped = false;
  readonly #sending: Promise<void>;

  private constructor(readonly client: RecordStreamClient) {
    this.#sending = this.#send();
    // Told by stop().
    this.#sending.catch(() => undefined);
  }

  static async open(port: number, path: string): Promise<EndlessStream> {
    return new EndlessStream(await RecordStreamClient.open(port, path));
  }

  /** Resolves when records to every partition that are sent from now on have been answered. */
  async flows(): Promise<void> {
    const target = this.sent + 2 * recordsATime;
    await expect
      .poll(() => this.client.closed || this.client.count >= target, { timeout: 45_000, interval: 50 })
      .toBe(true);
    expect(this.client.closed, this.client.text.slice(-500)).toBe(false);
  }

  /** Ends the body and waits for the rest of the answer. */
  async stop(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    this.#stopped = true;
    await this.#sending;
    this.client.end();
    await this.client.untilEnd();
    return this.client.results;
  }

  async #send(): Promise<void> {
    while (!this.#stopped) {
      if (this.client.closed) throw new Error(`The stream ended: ${this.client.text.slice(-500)}`);
      if (this.sent - this.client.count < mostUnanswered) {
        const numbers = Array.from({ length: recordsATime }, (_, i) => this.sent + i);
        this.client.send(numbers.map(recordOf).join(''));
        this.sent += recordsATime;
      }
      await pause(5);
    }
  }
}

const partitionOf = (n: number): number => n % partitions;
const recordOf = (n: number): string =>
  `{"partition_id":${partitionOf(n)},"value":{"type":"STRING","data":"${n}"}}`;

describe('a stream of records on three brokers', () => {
  let kafka: KafkaCluster;
  let app: TestApp;
  let topics: string;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
    app = await TestApp.onKafka(kafka.bootstrapServers);
    topics = await topicsPath(app);
  });

  afterAll(async () => {
    await app.close();
    await kafka.stop();
  });

  async function topicsPath(of: TestApp): Promise<string> {
    const { json } = await of.request('/v3/clusters');
    const { data } = json as { readonly data: readonly [{ readonly cluster_id: string }] };
    return `/v3/clusters/${data[0].cluster_id}/topics`;
  }

  async function newTopic(shape: object): Promise<string> {
    const body = { topic_name: uniqueName('stream'), ...shape };
    const headers = { 'Content-Type': 'application/json' };
    const created = await app.request(topics, { method: 'POST', headers, body });
    expect(created.status, created.text).toBe(201);
    return body.topic_name;
  }

  async function valuesIn(topic: string, partition: number): Promise<readonly string[]> {
    const log = await readLog(kafka.bootstrapServers, topic, partition);
    return log.map(({ value }) => value?.toString() ?? '');
  }

  it(
    'answers every record in its turn, each of which is where its result says, while leaders move',
    { timeout: 300_000 },
    async () => {
      const topic = await newTopic({ partitions_count: partitions });
      const stream = await EndlessStream.open(app.port, `${topics}/${topic}/records`);
      await stream.flows();

      await kafka.broker(2).stop();
      await stream.flows();
      await kafka.broker(2).start();
      await kafka.ready(3);
      await stream.flows();

      await kafka.broker(1).kill();
      await stream.flows();
      await kafka.broker(1).start();
      await kafka.ready(3);
      await stream.flows();

      kafka.broker(3).pause();
      try {
        await stream.flows();
      } finally {
        kafka.broker(3).resume();
      }
      await kafka.ready(3);
      await stream.flows();

      const results = await stream.stop();
      expect(results.length).toBe(stream.sent);
      expect(results.filter((result) => result['error_code'] !== 200)).toEqual([]);
      for (let partition = 0; partition < partitions; partition++) {
        const values = await valuesIn(topic, partition);
        const sent = Array.from({ length: stream.sent }, (_, n) => n).filter(
          (n) => partitionOf(n) === partition,
        );
        // Once each, in order, and nothing else.
        expect(values).toEqual(sent.map(String));
        const places = sent.map((n) => [results[n]?.['partition_id'], results[n]?.['offset']]);
        expect(places).toEqual(sent.map((_, offset) => [partition, offset]));
      }
    },
  );

  it(
    'says which records could not be written, in their turn, and goes on when the broker is back',
    { timeout: 200_000 },
    async () => {
      const impatient = await TestApp.onKafka(kafka.bootstrapServers, {
        'producer.delivery.timeout.ms': '3000',
        'producer.request.timeout.ms': '2000',
      });
      try {
        // Partition 0 is on a broker that goes away, partition 1 is not.
        const topic = await newTopic({ replicas_assignments: { 0: [3], 1: [1] } });
        const stream = await RecordStreamClient.open(impatient.port, `${topics}/${topic}/records`);
        const written: (readonly [number, number, string])[] = [];
        let sent = 0;
        const pair = async (): Promise<readonly unknown[]> => {
          const from = sent;
          for (const partition of [0, 1]) {
            stream.send(`{"partition_id":${partition},"value":{"type":"STRING","data":"${sent++}"}}`);
          }
          const results = (await stream.untilResults(sent)).slice(from);
          for (const [i, result] of results.entries()) {
            if (result['error_code'] === 200)
              written.push([Number(result['partition_id']), Number(result['offset']), String(from + i)]);
          }
          return results.map((result) => result['error_code']);
        };

        expect(await pair()).toEqual([200, 200]);
        await kafka.broker(3).stop();
        expect(await pair()).toEqual([50003, 200]);
        await kafka.broker(3).start();
        await kafka.ready(3);
        await expect.poll(pair, { timeout: 60_000, interval: 100 }).toEqual([200, 200]);
        stream.end();
        await stream.untilEnd();

        expect(stream.results).toHaveLength(sent);
        for (const partition of [0, 1]) {
          const values = await valuesIn(topic, partition);
          const here = written.filter(([of]) => of === partition);
          expect(here.map(([, offset]) => values[offset])).toEqual(here.map(([, , value]) => value));
          expect(new Set(values).size).toBe(values.length);
        }
      } finally {
        await impatient.close();
      }
    },
  );
});
