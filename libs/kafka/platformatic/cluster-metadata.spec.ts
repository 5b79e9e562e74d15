import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpBroker } from '../../../test/support/fakes/tcp-broker.ts';
import { ClusterMetadata } from './cluster-metadata.ts';
import { Connections } from './connections.ts';

const anotherId = '00000000-0000-4000-8000-000000000002';

let one: TcpBroker;
let other: TcpBroker;
let connections: Connections;
let metadata: ClusterMetadata;

beforeEach(async () => {
  one = await TcpBroker.start();
  other = await TcpBroker.start();
  connections = new Connections({
    brokers: [one.address],
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 5_000,
    requestTimeoutMs: 5_000,
    retryBackoffMs: 1,
    retryBackoffMaxMs: 1,
    metadataMaxAgeMs: 60_000,
    connectionsMaxIdleMs: 60_000,
  });
  metadata = new ClusterMetadata(connections);
});

afterEach(async () => {
  metadata.close();
  connections.close();
  await Promise.all([one.stop(), other.stop()]);
});

function tell(broker: TcpBroker, leader: number, leaderEpoch: number, topicId?: string): void {
  const brokers = [one.address, other.address];
  broker.metadata = { brokers, leader, leaderEpoch, ...(topicId === undefined ? {} : { topicId }) };
}

async function leaderNow(): Promise<number | undefined> {
  metadata.invalidate('t');
  await metadata.topic('t');
  return metadata.leaderOf('t', 0)?.id;
}

describe('ClusterMetadata', () => {
  it('asks another broker when the one it asks is behind', async () => {
    tell(one, 1, 1);
    tell(other, 2, 2);
    expect(await metadata.topic('t')).toMatchObject({ partitions: [{ leader: 1 }] });

    for (let i = 0; i < 50 && metadata.leaderOf('t', 0)?.id !== 2; i++) await leaderNow();

    expect(metadata.leaderOf('t', 0)?.id).toBe(2);
  });

  it('does not go back to a leader of before', async () => {
    tell(one, 1, 5);
    tell(other, 1, 5);
    await metadata.topic('t');
    tell(one, 2, 4);
    tell(other, 2, 4);
    expect(await leaderNow()).toBe(1);

    tell(one, 2, 6);
    tell(other, 2, 6);
    expect(await leaderNow()).toBe(2);
  });

  it('believes a lower epoch of a topic that was created anew', async () => {
    tell(one, 1, 5);
    tell(other, 1, 5);
    await metadata.topic('t');
    tell(one, 2, 0, anotherId);
    tell(other, 2, 0, anotherId);

    expect(await leaderNow()).toBe(2);
  });
});
