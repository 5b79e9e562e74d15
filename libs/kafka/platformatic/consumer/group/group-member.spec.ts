import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  at,
  FakeCoordinator,
  FakeMemberHost,
  names,
} from '../../../../../test/support/fakes/fake-coordinator.ts';
import type { KafkaConsumerOptions } from '../../../kafka-consumer.ts';
import { KafkaError } from '../../../kafka-error.ts';
import { assignorsOf } from '../assignors/assignors.ts';
import { decodeSubscription } from './consumer-protocol.ts';
import { GroupMember } from './group-member.ts';

const heartbeatIntervalMs = 1_000;
const sessionTimeoutMs = 10_000;

let coordinator: FakeCoordinator;
let host: FakeMemberHost;
let member: GroupMember;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  coordinator = new FakeCoordinator();
  host = new FakeMemberHost();
});

afterEach(async () => {
  const stopped = member.stop(false);
  await vi.advanceTimersByTimeAsync(5_000);
  await stopped;
  vi.useRealTimers();
});

async function start(
  strategy: readonly string[] = ['range'],
  more: Partial<KafkaConsumerOptions> = {},
  before = Promise.resolve(),
): Promise<void> {
  member = new GroupMember(
    {
      transport: coordinator,
      leader: { assign: () => Promise.reject(new Error('it does not lead')) },
      backoff: { retryBackoffMs: 100, retryBackoffMaxMs: 1_000 },
    },
    {
      groupId: 'g',
      groupInstanceId: 'i',
      autoOffsetReset: 'earliest',
      isolationLevel: 'read_uncommitted',
      sessionTimeoutMs,
      rebalanceTimeoutMs: 60_000,
      heartbeatIntervalMs,
      fetchMaxBytes: 1,
      maxPartitionFetchBytes: 1,
      partitionAssignmentStrategy: strategy,
      ...more,
    },
    assignorsOf(strategy),
    host,
  );
  member.start(before);
  await pass(0);
}

function pass(ms: number): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(ms);
}

describe('GroupMember', () => {
  it('joins, syncs and heartbeats', async () => {
    await start();

    expect(member.isStable).toBe(true);
    expect(host.events).toEqual(['assigned t0 in 1']);
    await pass(10 * heartbeatIntervalMs);
    expect(coordinator.joins).toHaveLength(1);
    expect(coordinator.heartbeats.length).toBeGreaterThanOrEqual(9);
    expect(coordinator.heartbeats[0]).toEqual({
      groupId: 'g',
      groupInstanceId: 'i',
      memberId: 'm1',
      generationId: 1,
    });
    expect(coordinator.openJoins).toBe(0);
  });

  it.each([
    'COORDINATOR_NOT_AVAILABLE',
    'NOT_COORDINATOR',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'NETWORK_EXCEPTION',
    'REBALANCE_IN_PROGRESS',
  ])('joins again after a pause when the join ends with %s', async (kind) => {
    coordinator.joinFaults.push(...Array.from({ length: 5 }, () => KafkaError.of(kind)));
    await start();
    expect(coordinator.joins).toHaveLength(1);
    await pass(70);
    expect(coordinator.joins).toHaveLength(1);

    await pass(4_000);

    expect(coordinator.joins).toHaveLength(6);
    expect(member.isStable).toBe(true);
    expect(member.failing).toBeUndefined();
  });

  it('says since when the group cannot be reached', async () => {
    coordinator.joinFaults.push(...Array.from({ length: 50 }, () => KafkaError.of('NETWORK_EXCEPTION')));
    await start();
    await pass(5_000);

    expect(member.failing?.error.kind).toBe('NETWORK_EXCEPTION');
    expect(performance.now() - (member.failing?.since ?? 0)).toBeGreaterThan(4_900);
  });

  it('gives up everything before an eager rebalance, and joins without a pause', async () => {
    await start();
    coordinator.heartbeatFaults.push(KafkaError.of('REBALANCE_IN_PROGRESS'));
    await pass(heartbeatIntervalMs);

    expect(host.events).toEqual(['assigned t0 in 1', 'revoked t0', 'assigned t0 in 2']);
    expect(coordinator.joins[1]?.member.memberId).toBe('m1');
  });

  it('keeps what stays in a cooperative rebalance, and joins again when it gave something up', async () => {
    coordinator.share = [at(0), at(1)];
    await start(['cooperative-sticky']);
    coordinator.heartbeatFaults.push(KafkaError.of('REBALANCE_IN_PROGRESS'));
    coordinator.share = [at(1), at(2)];
    await pass(heartbeatIntervalMs);

    expect(host.events).toEqual(['assigned t0 t1 in 1', 'revoked t0', 'assigned t2 in 2', 'assigned  in 3']);
    const owned = coordinator.joins.map(({ options }) =>
      names(decodeSubscription(options.protocols[0]?.metadata ?? Buffer.alloc(0)).ownedPartitions),
    );
    expect(owned).toEqual(['', 't0 t1', 't1 t2']);
  });

  it('gives up topics that it does not subscribe to any more before it joins', async () => {
    host.subscribed = ['t', 'u'];
    coordinator.share = [at(0), at(0, 'u')];
    await start(['cooperative-sticky']);
    host.subscribed = ['u'];
    coordinator.share = [at(0, 'u')];

    member.rejoin('the subscription has changed');
    await pass(0);

    expect(host.events.slice(1)).toEqual(['revoked t0', 'assigned  in 2']);
    expect(coordinator.joins[1]?.options.reason).toBe('the subscription has changed');
  });

  it.each(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])(
    'loses what it has when the group says %s, and comes back',
    async (kind) => {
      await start();
      coordinator.heartbeatFaults.push(KafkaError.of(kind));
      await pass(heartbeatIntervalMs);

      expect(host.events).toEqual(['assigned t0 in 1', 'lost t0', 'assigned t0 in 2']);
      expect(coordinator.joins[1]?.member.memberId).toBe(kind === 'UNKNOWN_MEMBER_ID' ? '' : 'm1');
    },
  );

  it('goes on heartbeating as who it is when the coordinator moves', async () => {
    await start();
    coordinator.heartbeatFaults.push(
      KafkaError.of('NOT_COORDINATOR'),
      KafkaError.of('NETWORK_EXCEPTION'),
      KafkaError.of('COORDINATOR_LOAD_IN_PROGRESS'),
    );
    await pass(3 * heartbeatIntervalMs);

    expect(host.events).toEqual(['assigned t0 in 1']);
    expect(coordinator.joins).toHaveLength(1);
    expect(member.failing).toBeUndefined();
    expect(new Set(coordinator.heartbeats.map(({ memberId }) => memberId))).toEqual(new Set(['m1']));
  });

  it('is not to be trusted when nobody has heard of it for a session, until somebody has', async () => {
    await start();
    coordinator.heartbeatFaults.push(...Array.from({ length: 40 }, () => KafkaError.of('NETWORK_EXCEPTION')));
    await pass(sessionTimeoutMs - 2 * heartbeatIntervalMs);
    expect(member.isTrusted).toBe(true);
    await pass(3 * heartbeatIntervalMs);
    expect(member.isTrusted).toBe(false);
    const before = host.changes;

    await pass(60_000);

    expect(member.isTrusted).toBe(true);
    expect(host.changes).toBeGreaterThan(before);
    expect(host.events).toEqual(['assigned t0 in 1']);
  });

  it('is over when it is fenced, and leaves the other alone', async () => {
    await start();
    coordinator.heartbeatFaults.push(KafkaError.of('FENCED_INSTANCE_ID'));
    await pass(heartbeatIntervalMs);

    expect(host.events).toEqual(['assigned t0 in 1', 'lost t0']);
    expect(member.takeError()?.kind).toBe('FENCED_INSTANCE_ID');
    expect(member.takeError()?.kind).toBe('FENCED_INSTANCE_ID');
    expect(member.isTrusted).toBe(false);
    await pass(60_000);
    expect(coordinator.joins).toHaveLength(1);
    await member.stop(true);
    expect(coordinator.leaves).toEqual([]);
  });

  it('comes back once when its own lost join may have fenced it', async () => {
    coordinator.joinFaults.push(KafkaError.of('NETWORK_EXCEPTION'));
    await start();
    await pass(200);
    coordinator.heartbeatFaults.push(
      KafkaError.of('FENCED_INSTANCE_ID'),
      KafkaError.of('FENCED_INSTANCE_ID'),
    );
    await pass(heartbeatIntervalMs);

    expect(host.events).toEqual(['assigned t0 in 1', 'lost t0', 'assigned t0 in 2']);
    await pass(2 * heartbeatIntervalMs);
    expect(member.isFenced).toBe(true);
  });

  it('waits with an error that no retry helps until somebody has seen it', async () => {
    coordinator.joinFaults.push(
      KafkaError.of('GROUP_AUTHORIZATION_FAILED'),
      KafkaError.of('GROUP_MAX_SIZE_REACHED'),
    );
    await start();
    await pass(60_000);
    expect(coordinator.joins).toHaveLength(1);

    expect(member.takeError()?.kind).toBe('GROUP_AUTHORIZATION_FAILED');
    expect(member.takeError()).toBeUndefined();
    await pass(500);
    expect(member.takeError()?.kind).toBe('GROUP_MAX_SIZE_REACHED');
    await pass(1_000);
    expect(member.isStable).toBe(true);
  });

  it.each(['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])(
    'joins again when the sync ends with %s',
    async (kind) => {
      coordinator.syncFaults.push(KafkaError.of(kind));
      await start();
      await pass(300);

      expect(coordinator.joins).toHaveLength(2);
      expect(member.isStable).toBe(true);
      expect(host.events).toEqual(['assigned t0 in 2']);
    },
  );

  it('asks the coordinator at once when somebody doubts', async () => {
    await start();
    expect(coordinator.heartbeats).toEqual([]);

    member.check();
    await pass(0);

    expect(coordinator.heartbeats).toHaveLength(1);
  });

  it('does not forget a reason to join again that came while it joined', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    coordinator.joinFaults.push(promise);
    await start();
    host.subscribed = ['t', 'u'];
    member.rejoin('the subscription has changed');
    resolve();
    await pass(0);

    expect(coordinator.joins).toHaveLength(2);
    expect(member.isStable).toBe(true);
  });

  it('leaves, and again while a join is under way that may come later', async () => {
    coordinator.joinFaults.push(new Promise(() => {}));
    await start();
    coordinator.leaveFaults.push(KafkaError.of('UNKNOWN_MEMBER_ID'), KafkaError.of('NOT_COORDINATOR'));

    const stopped = member.stop(true);
    await pass(1_000);
    await stopped;

    expect(coordinator.leaves).toHaveLength(3);
    expect(coordinator.openJoins).toBe(0);
    expect(host.events).toEqual([]);
  });

  it('takes no longer than two seconds to leave', async () => {
    await start();
    coordinator.leaveFaults.push(...Array.from({ length: 100 }, () => KafkaError.of('NETWORK_EXCEPTION')));
    const stopped = member.stop(true);

    await pass(2_000);

    await expect(stopped).resolves.toBeUndefined();
  });

  it('has nothing to leave before it has asked', async () => {
    await start(['range'], {}, new Promise(() => {}));

    await member.stop(true);

    expect(coordinator.leaves).toEqual([]);
  });

  it('takes nothing any more once it has been stopped, also in the middle of a rebalance', async () => {
    await start();
    const { promise, resolve } = Promise.withResolvers<void>();
    host.gate = promise;
    coordinator.heartbeatFaults.push(KafkaError.of('REBALANCE_IN_PROGRESS'));
    await pass(heartbeatIntervalMs);
    expect(host.events.at(-1)).toBe('revoked t0');

    await member.stop(true);
    resolve();
    await pass(10_000);

    expect(host.events).toEqual(['assigned t0 in 1', 'revoked t0']);
    expect(coordinator.leaves).toHaveLength(1);
  });

  it('gets nothing of a rebalance that it gives partitions up in when it is stopped meanwhile', async () => {
    await start(['cooperative-sticky']);
    const { promise, resolve } = Promise.withResolvers<void>();
    host.gate = promise;
    coordinator.share = [at(1)];
    coordinator.heartbeatFaults.push(KafkaError.of('REBALANCE_IN_PROGRESS'));
    await pass(heartbeatIntervalMs);

    await member.stop(true);
    resolve();
    await pass(10_000);

    expect(host.events).toEqual(['assigned t0 in 1', 'revoked t0']);
  });

  it('tells the group what it continues', async () => {
    coordinator.keepsGeneration = true;
    coordinator.generationId = 7;
    const positions = [{ ...at(0), offset: 3n }];
    await start(['cooperative-sticky'], { resume: { memberId: 'old', generationId: 7, positions } });

    const told = decodeSubscription(coordinator.joins[0]?.options.protocols[0]?.metadata ?? Buffer.alloc(0));
    expect(names(told.ownedPartitions)).toBe('t0');
    expect(told.generationId).toBe(7);
    expect(coordinator.joins[0]?.member.memberId).toBe('');
    expect(host.events).toEqual(['assigned t0 in 7']);
  });
});
