import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAclsV3 } from '@platformatic/kafka';
import { aclOperations, aclPatternTypes, aclPermissions, aclResourceTypes } from '#libs/kafka/acl-types.ts';
import type { KafkaConnectionConfig } from '#libs/kafka/connection-config.ts';
import type { AclFilter, NewAcl } from '#libs/kafka/kafka-acls.ts';
import { KafkajsAcls } from '#libs/kafka/kafkajs/kafkajs-acls.ts';
import { BrokerConnection } from '#libs/kafka/platformatic/broker-connection.ts';
import { startKafka, type KafkaCluster } from '../../scripts/stack/kafka-cluster.ts';
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

const everything: AclFilter = {
  resourceType: 'ANY',
  resourceName: null,
  patternType: 'ANY',
  principal: null,
  host: null,
  operation: 'ANY',
  permission: 'ANY',
};

function everythingOf(resourceName: string): AclFilter {
  return { ...everything, resourceName };
}

function readOf(resourceName: string): NewAcl {
  return {
    resourceType: 'TOPIC',
    resourceName,
    patternType: 'LITERAL',
    principal: 'User:alice',
    host: '*',
    operation: 'READ',
    permission: 'ALLOW',
  };
}

/** What Kafka says of a rule, asked without kafkajs. */
async function textOfBroker(kafka: KafkaCluster, acl: NewAcl): Promise<string | null | undefined> {
  const connection = await BrokerConnection.open(
    { host: '127.0.0.1', port: kafka.broker(1).port },
    'test',
    {},
  );
  const asked = {
    resourceType: aclResourceTypes[acl.resourceType],
    resourceName: acl.resourceName,
    resourcePatternType: aclPatternTypes[acl.patternType],
    principal: acl.principal,
    host: acl.host,
    operation: aclOperations[acl.operation],
    permissionType: aclPermissions[acl.permission],
  };
  const { results } = await connection.call([createAclsV3.api], [asked]);
  connection.close();
  return results[0]?.errorMessage;
}

describe('KafkajsAcls', () => {
  let kafka: KafkaCluster;
  let acls: KafkajsAcls;

  beforeAll(async () => {
    kafka = await startKafka({ superUsers: [] });
    acls = new KafkajsAcls(connectionTo(kafka.bootstrapServers, 4_000));
  });

  afterAll(async () => {
    await acls.close();
    await kafka.stop();
  });

  it('creates, describes and deletes', async () => {
    const topic = uniqueName('topic');
    const acl = { ...readOf(topic), principal: 'User:alice' };
    const other = { ...readOf(topic), principal: 'User:bob', patternType: 'PREFIXED' } as const;

    await acls.create([acl, other]);
    await acls.create([acl]);
    expect(await acls.describe(everythingOf(topic))).toEqual(expect.arrayContaining([acl, other]));
    expect(await acls.delete({ ...everythingOf(topic), principal: 'User:bob' })).toEqual([other]);

    expect(await acls.describe(everythingOf(topic))).toEqual([acl]);
    expect(await acls.delete({ ...everythingOf(topic), operation: 'WRITE' })).toEqual([]);
  });

  it.each([
    ['principal', { principal: 'bad' }],
    ['resource name', { resourceName: '' }],
    ['cluster', { resourceType: 'CLUSTER', resourceName: 'other' }],
  ] as const)('refuses a bad %s with the text of the broker', async (_name, bad) => {
    const acl: NewAcl = { ...readOf(uniqueName('topic')), ...bad };
    const refused = await acls.create([acl]).catch((error: unknown) => error);

    expect(refused).toMatchObject({ kind: 'INVALID_REQUEST', message: await textOfBroker(kafka, acl) });
  });

  it('refuses texts that the protocol cannot carry', async () => {
    const long = 'x'.repeat(40_000);

    for (const refused of [
      acls.create([{ ...readOf('t'), host: long }]),
      acls.describe({ ...everything, principal: long }),
      acls.delete({ ...everything, resourceName: long }),
    ]) {
      await expect(refused).rejects.toMatchObject({ kind: 'INVALID_REQUEST' });
    }
  });

  it('ends every call within its time while the broker does not answer, and goes on when it does', async () => {
    const broker = kafka.broker(1);
    broker.pause();
    const startedAt = performance.now();

    const calls = Array.from({ length: 20 }, () => acls.describe(everything));
    const outcomes = await Promise.allSettled(calls);
    const tookMs = performance.now() - startedAt;
    broker.resume();

    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'KafkaError' } });
    }
    expect(tookMs).toBeLessThan(5_000);
    await expect.poll(() => succeeds(acls), { timeout: 20_000 }).toBe(true);
  });

  it('reconnects after the broker was restarted', async () => {
    expect(await succeeds(acls)).toBe(true);
    await kafka.broker(1).kill();
    expect(await succeeds(acls)).toBe(false);

    await kafka.broker(1).start();

    await expect.poll(() => succeeds(acls), { timeout: 20_000 }).toBe(true);
  });

  it('fails at once for a back-off when no broker can be reached, and says which address it was', async () => {
    const lost = new KafkajsAcls(connectionTo('127.0.0.1:1', 3_000));

    await expect(lost.describe(everything)).rejects.toMatchObject({
      kind: 'NETWORK_EXCEPTION',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    const startedAt = performance.now();
    await expect(lost.describe(everything)).rejects.toMatchObject({ kind: 'NETWORK_EXCEPTION' });

    expect(performance.now() - startedAt).toBeLessThan(50);
    await lost.close();
  });

  it('refuses calls after its end', async () => {
    const closed = new KafkajsAcls(connectionTo(kafka.bootstrapServers, 4_000));
    await closed.close();

    await expect(closed.describe(everything)).rejects.toMatchObject({ kind: 'NETWORK_EXCEPTION' });
  });
});

async function succeeds(acls: KafkajsAcls): Promise<boolean> {
  try {
    await acls.describe(everything);
    return true;
  } catch {
    return false;
  }
}
