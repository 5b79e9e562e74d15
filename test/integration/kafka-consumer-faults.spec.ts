import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CompressionType, KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import { ClusterMetadata } from '#libs/kafka/platformatic/cluster-metadata.ts';
import { Connections } from '#libs/kafka/platformatic/connections.ts';
import { PlatformaticConsumers } from '#libs/kafka/platformatic/consumer/platformatic-consumers.ts';
import { PlatformaticProducer } from '#libs/kafka/platformatic/producer/platformatic-producer.ts';
import { cacheDir } from '../../scripts/stack/cache.ts';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { connectionTo } from '../support/log-reader.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';
import { consumerDefaults, numbers, Reader, textOf, Writer } from './kafka-consumer-fixture.ts';
import { producerDefaults } from './port-kafka-producer.contract.ts';

const user = { name: 'alice', password: 'alice-secret' };

let dataDir: string;
let kafka: KafkaCluster;
let writer: Writer;
const closing: (() => Promise<void> | void)[] = [];
const readers: Reader[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(cacheDir('consumer-faults-'));
  kafka = await startKafka({
    dataDir,
    users: [user],
    superUsers: [],
    listeners: [{ name: 'LOGIN', protocol: 'SASL_PLAINTEXT', mechanisms: ['PLAIN'] }],
  });
  writer = new Writer(kafka.bootstrapServers);
});

afterEach(async () => {
  await Promise.all(readers.splice(0).map(({ consumer }) => consumer.close({ leave: true })));
  for (const close of closing.splice(0)) await close();
});

afterAll(async () => {
  await writer.close();
  await kafka.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

function open(connection: KafkaConnectionConfig): { connections: Connections; metadata: ClusterMetadata } {
  const connections = new Connections(connection);
  const metadata = new ClusterMetadata(connections);
  closing.push(() => {
    metadata.close();
    connections.close();
  });
  return { connections, metadata };
}

function reader(
  connection: KafkaConnectionConfig,
  groupId = uniqueName('group'),
  sessionTimeoutMs = consumerDefaults.sessionTimeoutMs,
): Reader {
  const { connections, metadata } = open(connection);
  const consumers = new PlatformaticConsumers(connections, metadata, consumerDefaults);
  closing.unshift(() => consumers.close());
  const made = new Reader(consumers, { groupId, sessionTimeoutMs });
  readers.push(made);
  return made;
}

describe('A log with a broken batch', () => {
  it('is read up to it, says where it is, and is read on after a seek past it', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('broken'), { partitions: 2 });
    await writer.write(topic, 0, ['before']);
    await writer.write(topic, 0, ['poison', 'also poison']);
    await writer.write(topic, 0, ['after']);
    await writer.write(topic, 1, numbers(0, 3));
    await kafka.broker(1).stop();
    const dir = join(dataDir, 'broker-1', 'data', `${topic}-0`);
    const log = join(dir, readdirSync(dir).find((name) => name.endsWith('.log')) ?? '');
    const bytes = readFileSync(log);
    bytes.write('POISON', bytes.indexOf('poison'));
    writeFileSync(log, bytes);
    await kafka.broker(1).start();
    const one = reader(connectionTo(kafka.bootstrapServers));
    one.consumer.assign([{ topic, partition: 0 }]);
    expect(textOf(await one.take(1))).toEqual(['before']);
    one.consumer.assign([0, 1].map((partition) => ({ topic, partition })));
    const others = new Set<string | undefined>();
    await expect
      .poll(
        async () => {
          const records = await one.poll(100).catch(() => []);
          for (const { value } of records) others.add(value?.toString());
          return others.size;
        },
        { timeout: 5_000 },
      )
      .toBeGreaterThanOrEqual(3);
    expect(others).toEqual(new Set(numbers(0, 3)));
    for (let i = 0; i < 2; i++) {
      const error = await one.fails();
      expect(error.kind).toBe('CORRUPT_MESSAGE');
      expect(error.message).toBe(
        `The record batch at offset 1 of ${topic}-0 cannot be read: its checksum is wrong. Offset 3 is the first after it.`,
      );
    }
    // The other partition is read all the same.
    await writer.write(topic, 1, ['3']);
    await expect.poll(() => one.poll(100).catch(() => []), { timeout: 5_000 }).toHaveLength(1);
    await expect(one.poll(1_000)).rejects.toMatchObject({ kind: 'CORRUPT_MESSAGE' });
    one.consumer.seek({ topic, partition: 0 }, 3n);
    expect(textOf(await one.take(1))).toEqual(['after']);
  });
});

describe('A cluster that is gone', () => {
  it('is waited for, is said to be gone when it is for long, and is read on when it is back', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('away'));
    await writer.write(topic, 0, numbers(0, 3));
    const one = reader(connectionTo(kafka.bootstrapServers), uniqueName('group'), 60_000);
    one.consumer.subscribe([topic]);
    await one.take(3);
    const membership = one.consumer.membership();
    await kafka.broker(1).stop();

    const started = performance.now();
    expect(await one.poll(1_000)).toEqual([]);
    expect((await one.fails(20_000)).kind).toBe('NETWORK_EXCEPTION');
    expect(performance.now() - started).toBeGreaterThan(9_000);
    await kafka.broker(1).start();
    await expect
      .poll(
        () =>
          writer.write(topic, 0, ['3']).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);

    await expect.poll(() => one.poll(1_000).then(textOf, () => []), { timeout: 20_000 }).toEqual(['3']);
    expect(one.consumer.membership()).toEqual(membership);
    expect(one.revocations).toEqual([]);
  });
});

describe('Compressed records', () => {
  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'are read: %s',
    async (compressionType: CompressionType) => {
      const topic = await createTopic(kafka.bootstrapServers, uniqueName('packed'));
      const { connections, metadata } = open(connectionTo(kafka.bootstrapServers));
      const producer = new PlatformaticProducer(connections, metadata, {
        ...producerDefaults,
        compressionType,
      });
      const values = numbers(0, 2_000).map((n) => n.padStart(100, '.'));
      await producer.send(
        values.map((value) => ({ topic, partition: 0, key: null, value: Buffer.from(value) })),
      );
      await producer.close();
      const one = reader(connectionTo(kafka.bootstrapServers));
      one.consumer.assign([{ topic, partition: 0 }]);

      expect(textOf(await one.take(values.length))).toEqual(values);
    },
  );
});

describe('A user without rights', () => {
  const login = (): KafkaConnectionConfig =>
    connectionTo(kafka.bootstrapServersOf('LOGIN'), {
      sasl: { mechanism: 'PLAIN', username: user.name, password: user.password },
    });

  async function allow(
    resourceType: AclResourceTypes,
    resourceName: string,
    operation = AclOperationTypes.READ,
  ): Promise<void> {
    const admin = writer.kafka.admin();
    await admin.connect();
    try {
      await admin.createAcls({
        acl: [
          {
            resourceType,
            resourceName,
            resourcePatternType: ResourcePatternTypes.LITERAL,
            principal: `User:${user.name}`,
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

  it('is told so by every poll, first of the group, then of the topic, and reads once it has them', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('secret'));
    await writer.write(topic, 0, ['x']);
    const groupId = uniqueName('group');
    const one = reader(login(), groupId);
    one.consumer.subscribe([topic]);

    await expect
      .poll(async () => (await one.fails()).message, { timeout: 5_000 })
      .toBe(`Not authorized to access group: ${groupId}`);
    await expect(one.consumer.committed([{ topic, partition: 0 }])).rejects.toMatchObject({
      kind: 'GROUP_AUTHORIZATION_FAILED',
    });
    await allow(AclResourceTypes.GROUP, groupId);
    await expect
      .poll(async () => (await one.fails()).message, { timeout: 10_000 })
      .toBe(`Not authorized to access topics: [${topic}]`);
    await expect(one.poll(0)).rejects.toMatchObject({ kind: 'TOPIC_AUTHORIZATION_FAILED' });
    await allow(AclResourceTypes.TOPIC, topic);

    await expect.poll(() => one.poll(500).catch(() => []), { timeout: 20_000, interval: 50 }).toHaveLength(1);
  });

  it('is told so of assigned partitions', async () => {
    const topic = await createTopic(kafka.bootstrapServers, uniqueName('secret'));
    await writer.write(topic, 0, ['x']);
    const groupId = uniqueName('group');
    await allow(AclResourceTypes.GROUP, groupId);
    await allow(AclResourceTypes.TOPIC, topic, AclOperationTypes.DESCRIBE);
    const one = reader(login(), groupId);
    one.consumer.assign([{ topic, partition: 0 }]);

    for (let i = 0; i < 2; i++)
      expect((await one.fails()).message).toBe(`Not authorized to access topics: [${topic}]`);
    const commit = one.consumer.commit([{ topic, partition: 0, offset: 1n, metadata: null }], 5_000);
    await expect(commit).rejects.toMatchObject({ kind: 'TOPIC_AUTHORIZATION_FAILED' });
  });
});
