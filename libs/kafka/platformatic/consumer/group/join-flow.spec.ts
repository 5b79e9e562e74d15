import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TcpBroker } from '../../../../../test/support/fakes/tcp-broker.ts';
import type { KafkaConnectionConfig } from '../../../connection-config.ts';
import type { KafkaError } from '../../../kafka-error.ts';
import { Connections } from '../../connections.ts';
import { ControlLanes } from '../control-lanes.ts';
import { TopicLookup } from '../topic-lookup.ts';
import { GroupCoordinators } from './group-coordinators.ts';
import { GroupLeader } from './group-leader.ts';
import { JoinConnection, type GroupServices } from './join-flow.ts';
import { JoinGate } from './join-gate.ts';

const joinGroup = 11;
const findCoordinator = 10;
const member = { groupId: 'g', memberId: '', groupInstanceId: 'i', generationId: -1 };
const options = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 300_000, protocols: [], reason: '' };

function configOf(broker: TcpBroker): KafkaConnectionConfig {
  return {
    brokers: [broker.address],
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 60_000,
    requestTimeoutMs: 600_000,
    retryBackoffMs: 1,
    retryBackoffMaxMs: 1,
    metadataMaxAgeMs: 60_000,
    connectionsMaxIdleMs: 600_000,
  };
}

let broker: TcpBroker;
let connections: Connections;

beforeEach(async () => {
  broker = await TcpBroker.start();
  connections = new Connections(configOf(broker));
});

afterEach(async () => {
  vi.useRealTimers();
  connections.close();
  await broker.stop();
});

function services(coordinators: GroupCoordinators): GroupServices {
  const lookup = new TopicLookup({ anyBroker: () => connections.shared(broker.address, 'metadata') });
  return {
    connections,
    coordinators,
    lanes: new ControlLanes(connections),
    leader: new GroupLeader(lookup, connections.config),
    gate: new JoinGate(1),
  };
}

function asked(key: number): number {
  return broker.requests.filter((one) => one === key).length;
}

describe('JoinConnection', () => {
  it.each([
    ['who found the coordinator has forgotten it', true],
    ['nobody has', false],
  ])('waits on while the coordinator is the same, though %s', async (_, isForgotten) => {
    let at = broker.address;
    const coordinators = new GroupCoordinators({ anyBroker: () => connections.shared(at, 'metadata') });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const join = await JoinConnection.open(services(coordinators), member);
    let failure: KafkaError | undefined;
    const joined = join.join(member, options).catch((error: KafkaError) => {
      failure = error;
    });
    await vi.waitFor(() => expect(asked(joinGroup)).toBe(1));
    // Another member of the group has left, or could not commit.
    if (isForgotten) coordinators.forget(member.groupId);

    for (let looks = 2; looks < 4; looks++) {
      await vi.advanceTimersByTimeAsync(5_000);
      await vi.waitFor(() => expect(asked(findCoordinator)).toBe(looks));
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(failure).toBeUndefined();

    const other = await TcpBroker.start();
    at = other.address;
    await vi.advanceTimersByTimeAsync(5_000);
    await joined;
    expect(failure?.kind).toBe('NOT_COORDINATOR');
    join.release();
    await other.stop();
  });
});
