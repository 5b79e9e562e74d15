import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

interface Partition {
  readonly leader: number;
  readonly replicas: readonly {
    readonly broker: number;
    readonly leader: boolean;
    readonly in_sync: boolean;
  }[];
}

const patience = { timeout: 30_000, interval: 200 };

describe('metadata of three brokers', () => {
  let kafka: KafkaCluster;
  let app: TestApp;
  let topic: string;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
    app = await TestApp.onKafka(kafka.bootstrapServers);
    topic = await createTopic(kafka.bootstrapServers, uniqueName('replicated'), { replicas: 3 });
  });

  afterAll(async () => {
    await app.close();
    await kafka.stop();
  });

  async function partition(): Promise<Partition> {
    const { json } = await app.request(`/topics/${topic}/partitions/0`);
    return json as Partition;
  }

  async function inSync(): Promise<readonly number[]> {
    const { replicas } = await partition();
    return replicas.filter((replica) => replica.in_sync).map(({ broker }) => broker);
  }

  it('follows a leader that dies and comes back', async () => {
    expect(await app.request('/brokers')).toMatchObject({ json: { brokers: [1, 2, 3] } });
    const { leader } = await partition();
    expect(new Set(await inSync())).toEqual(new Set([1, 2, 3]));
    const others = [1, 2, 3].filter((broker) => broker !== leader);

    await kafka.broker(leader).kill();

    await expect.poll(inSync, patience).not.toContain(leader);
    const after = await partition();
    expect(others).toContain(after.leader);
    expect(after.replicas.filter((replica) => replica.leader)).toEqual([
      { broker: after.leader, leader: true, in_sync: true },
    ]);
    expect(after.replicas).toHaveLength(3);
    expect(await app.request('/brokers')).toMatchObject({ json: { brokers: others } });
    expect(await app.request(`/topics/${topic}`)).toMatchObject({ status: 200 });
    expect(await app.request(`/topics/${topic}/partitions/0/offsets`)).toMatchObject({
      status: 200,
      text: '{"beginning_offset":0,"end_offset":0}',
    });

    await kafka.broker(leader).start();

    await expect.poll(inSync, patience).toContain(leader);
    await expect
      .poll(() => app.request('/brokers'), patience)
      .toMatchObject({ json: { brokers: [1, 2, 3] } });
  });
});
