import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import { KafkajsAdmin } from '#libs/kafka/kafkajs/kafkajs-admin.ts';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

function connectionTo(bootstrapServers: string, requestTimeoutMs: number): KafkaConnectionConfig {
  return {
    brokers: bootstrapServers.split(',').map((address) => {
      const [host = '', port = ''] = address.split(':');
      return { host, port: Number(port) };
    }),
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 2_000,
    requestTimeoutMs,
    retryBackoffMs: 50,
    retryBackoffMaxMs: 200,
    metadataMaxAgeMs: 300_000,
    connectionsMaxIdleMs: 540_000,
  };
}

describe('KafkajsAdmin', () => {
  let kafka: KafkaCluster;
  let admin: KafkajsAdmin;

  beforeAll(async () => {
    kafka = await startKafka();
    admin = new KafkajsAdmin(connectionTo(kafka.bootstrapServers, 4_000));
  });

  afterAll(async () => {
    await admin.close();
    await kafka.stop();
  });

  it('gives every configuration of a topic, what was set and what is default', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('configs'), {
      configs: { 'retention.ms': '12345' },
    });

    const configs = await admin.describeTopicConfigs(topic);

    expect(configs).toContainEqual({ name: 'retention.ms', value: '12345' });
    expect(configs).toContainEqual({ name: 'compression.type', value: 'producer' });
    expect(configs.length).toBeGreaterThan(20);
  });

  it("gives the broker's error for a topic that does not exist, at once", async () => {
    const startedAt = performance.now();

    await expect(admin.describeTopicConfigs(uniqueName('missing'))).rejects.toMatchObject({
      name: 'KafkaError',
      kind: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: 'This server does not host this topic-partition.',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('ends every call within its time while the broker does not answer, and goes on when it does', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('frozen'));
    const broker = kafka.broker(1);
    broker.pause();
    const startedAt = performance.now();

    const calls = Array.from({ length: 20 }, () => admin.describeTopicConfigs(topic));
    const outcomes = await Promise.allSettled(calls);
    const tookMs = performance.now() - startedAt;
    broker.resume();

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'KafkaError' } });
    }
    expect(tookMs).toBeLessThan(5_000);
    await expect.poll(() => succeeds(admin, topic), { timeout: 20_000 }).toBe(true);
  });

  it('reconnects after the broker was restarted', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('restarted'));
    expect(await succeeds(admin, topic)).toBe(true);
    await kafka.broker(1).kill();
    expect(await succeeds(admin, topic)).toBe(false);

    await kafka.broker(1).start();

    await expect.poll(() => succeeds(admin, topic), { timeout: 20_000 }).toBe(true);
  });

  it('fails at once for a back-off when no broker can be reached, and says which address it was', async () => {
    const lost = new KafkajsAdmin(connectionTo('127.0.0.1:1', 3_000));

    await expect(lost.describeTopicConfigs('t')).rejects.toMatchObject({
      kind: 'NETWORK_EXCEPTION',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    const startedAt = performance.now();
    await expect(lost.describeTopicConfigs('t')).rejects.toMatchObject({ kind: 'NETWORK_EXCEPTION' });

    expect(performance.now() - startedAt).toBeLessThan(50);
    await lost.close();
  });

  it('refuses calls after its end', async () => {
    const closed = new KafkajsAdmin(connectionTo(kafka.bootstrapServers, 4_000));
    await closed.close();

    await expect(closed.describeTopicConfigs('t')).rejects.toMatchObject({ kind: 'NETWORK_EXCEPTION' });
  });
});

async function succeeds(admin: KafkajsAdmin, topic: string): Promise<boolean> {
  try {
    await admin.describeTopicConfigs(topic);
    return true;
  } catch {
    return false;
  }
}
