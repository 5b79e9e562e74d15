import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProducerConfig, SaslConfig } from '#libs/kafka/connection-config.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticProducer } from '#libs/kafka/platformatic/producer/platformatic-producer.ts';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { connectionTo, readLog } from '../support/log-reader.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { producerDefaults } from './port-kafka-producer.contract.ts';

const users = ['alice', 'bob', 'carol'].map((name) => ({ name, password: `${name}-secret` }));

describe('PlatformaticProducer and rights', () => {
  let kafka: KafkaCluster;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    kafka = await startKafka({
      users,
      superUsers: [],
      listeners: [{ name: 'LOGIN', protocol: 'SASL_PLAINTEXT', mechanisms: ['PLAIN'] }],
      properties: { 'auto.create.topics.enable': 'false' },
    });
  });

  afterAll(async () => {
    await Promise.all(closing.map((close) => close()));
    await kafka.stop();
  });

  function producerTo(
    bootstrapServers: string,
    sasl: SaslConfig | undefined,
    config = producerDefaults,
  ): PlatformaticProducer {
    const connections = new Connections(connectionTo(bootstrapServers, { sasl }));
    const metadata = new ClusterMetadata(connections);
    const producer = new PlatformaticProducer(connections, metadata, config);
    closing.push(async () => {
      await producer.close();
      metadata.close();
      connections.close();
    });
    return producer;
  }

  function producerOf(
    username: string,
    more: { readonly password?: string; readonly config?: ProducerConfig } = {},
  ): PlatformaticProducer {
    const password = more.password ?? `${username}-secret`;
    const sasl = { mechanism: 'PLAIN', username, password } as const;
    return producerTo(kafka.bootstrapServersOf('LOGIN'), sasl, more.config);
  }

  async function allow(username: string, topic: string, operation: AclOperationTypes): Promise<void> {
    const admin = new Kafka({
      brokers: kafka.bootstrapServers.split(','),
      logLevel: logLevel.NOTHING,
    }).admin();
    await admin.connect();
    try {
      await admin.createAcls({
        acl: [
          {
            resourceType: AclResourceTypes.TOPIC,
            resourceName: topic,
            resourcePatternType: ResourcePatternTypes.LITERAL,
            principal: `User:${username}`,
            host: '*',
            operation,
            permissionType: AclPermissionTypes.ALLOW,
          },
        ],
      });
    } finally {
      await admin.disconnect();
    }
  }

  const value = Buffer.from('v');

  it('fails the records of topics without the right, and no others, and goes on when it is given', async () => {
    const open = await createTopic(kafka.bootstrapServers, uniqueName('open'));
    const hidden = await createTopic(kafka.bootstrapServers, uniqueName('hidden'));
    const readable = await createTopic(kafka.bootstrapServers, uniqueName('readable'));
    await allow('alice', open, AclOperationTypes.WRITE);
    await allow('alice', readable, AclOperationTypes.READ);
    const producer = producerOf('alice');
    const all = [open, hidden, readable, open].map((topic) => ({ topic, partition: 0, key: null, value }));

    const results = await producer.send(all);
    expect(results.map((one) => one.error?.kind ?? 'written')).toEqual([
      'written',
      'TOPIC_AUTHORIZATION_FAILED',
      'TOPIC_AUTHORIZATION_FAILED',
      'written',
    ]);
    expect(results[1]?.error?.message).toBe(`Not authorized to access topics: [${hidden}]`);
    expect(results[2]?.error?.message).toBe(`Not authorized to access topics: [${readable}]`);

    await allow('alice', readable, AclOperationTypes.WRITE);
    await expect
      .poll(async () => (await producer.send(all)).map((one) => one.error?.kind ?? 'written'))
      .toEqual(['written', 'TOPIC_AUTHORIZATION_FAILED', 'written', 'written']);
    expect(await readLog(kafka.bootstrapServers, readable, 0)).toHaveLength(1);
    expect(await readLog(kafka.bootstrapServers, hidden, 0)).toEqual([]);
  });

  it('survives that a user without any right may not have a producer id', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('later'));
    await allow('bob', topic, AclOperationTypes.DESCRIBE);
    const producer = producerOf('bob');
    const record = { topic, partition: 0, key: null, value };
    const [refused] = await producer.send([record]);
    expect(refused?.error).toMatchObject({ kind: 'TOPIC_AUTHORIZATION_FAILED' });

    await allow('bob', topic, AclOperationTypes.WRITE);
    await expect.poll(async () => (await producer.send([record]))[0]?.error?.kind).toBe(undefined);
  });

  it('says at once that the credentials are refused', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('login'));
    const startedAt = performance.now();
    const results = await producerOf('carol', { password: 'wrong' }).send([
      { topic, partition: 0, key: null, value },
    ]);
    expect(results[0]?.error).toMatchObject({ kind: 'SASL_AUTHENTICATION_FAILED', retriable: false });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('fails at once for a topic that is not there where the cluster creates none', async () => {
    const topic = uniqueName('nope');
    const record = { topic, partition: null, key: null, value };
    const startedAt = performance.now();
    const [result] = await producerTo(kafka.bootstrapServers, undefined).send([record]);
    expect(result?.error).toMatchObject({
      kind: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: `Topic ${topic} not present in metadata.`,
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);

    // Who may not read the broker's configuration cannot know, and waits in vain.
    await allow('carol', topic, AclOperationTypes.WRITE);
    const blind = producerOf('carol', { config: { ...producerDefaults, maxBlockMs: 500 } });
    const [unknown] = await blind.send([record]);
    expect(unknown?.error).toMatchObject({ kind: 'UNKNOWN_TOPIC_OR_PARTITION' });
  });
});
