import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TcpBroker } from '../../../../test/support/fakes/tcp-broker.ts';
import type { KafkaConsumer } from '../../kafka-consumer.ts';
import type { ConsumerConfig } from '../../kafka-settings.ts';
import { ClusterMetadata } from '../cluster-metadata.ts';
import { Connections } from '../connections.ts';
import { PlatformaticConsumers } from './platformatic-consumers.ts';

const config: ConsumerConfig = {
  autoOffsetReset: 'earliest',
  enableAutoCommit: false,
  autoCommitIntervalMs: 5_000,
  isolationLevel: 'read_uncommitted',
  sessionTimeoutMs: 6_000,
  heartbeatIntervalMs: 300,
  rebalanceTimeoutMs: 30_000,
  fetchMaxBytes: 1_048_576,
  maxPartitionFetchBytes: 1_048_576,
  fetchMaxWaitMs: 500,
  partitionAssignmentStrategy: ['range'],
  maxPollRecords: undefined,
  defaultApiTimeoutMs: 10_000,
  checkCrcs: true,
};

const findCoordinator = 10;
const offsetFetch = 9;

let broker: TcpBroker;
let connections: Connections;
let consumers: PlatformaticConsumers;

beforeEach(async () => {
  broker = await TcpBroker.start();
  connections = new Connections({
    brokers: [broker.address],
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 5_000,
    requestTimeoutMs: 30_000,
    retryBackoffMs: 10,
    retryBackoffMaxMs: 10,
    metadataMaxAgeMs: 60_000,
    connectionsMaxIdleMs: 60_000,
  });
  consumers = new PlatformaticConsumers(connections, new ClusterMetadata(connections), config);
});

afterEach(async () => {
  consumers.close();
  connections.close();
  await broker.stop();
});

function consumerOf(groupId: string): KafkaConsumer {
  const options = { ...config, groupId, groupInstanceId: 'i' };
  return consumers.create(options, { onAssigned: () => undefined, onRevoked: () => undefined });
}

async function askForOffsets(consumer: KafkaConsumer): Promise<void> {
  broker.requests.length = 0;
  consumer.assign([{ topic: 't', partition: 0 }]);
  await vi.waitFor(() => expect(broker.requests).toContain(offsetFetch));
}

describe('PlatformaticConsumers', () => {
  it('remember the coordinator of no group whose consumer is closed', async () => {
    const first = consumerOf('g');
    await askForOffsets(first);
    expect(broker.requests).toContain(findCoordinator);
    await first.close({ leave: true });

    const second = consumerOf('g');
    await askForOffsets(second);

    expect(broker.requests).toContain(findCoordinator);
    await second.close({ leave: true });
  });
});
