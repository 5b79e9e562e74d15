import { describe, expect, it } from 'vitest';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { committedOffsets } from './committed-offsets.ts';
import { deleteGroup, setOffsets } from './group-changes.ts';
import { listGroups } from './group-list.ts';
import { groupState } from './group-states.ts';

const broker = { id: 1, host: 'b1', port: 9092, rack: null };

/** A broker that answers the same to everything. */
function answering(answer: object): BrokerConnection {
  return { call: async () => answer } as never;
}

describe('groupState', () => {
  it.each([
    ['Stable', 'STABLE'],
    ['PreparingRebalance', 'PREPARING_REBALANCE'],
    ['COMPLETINGREBALANCE', 'COMPLETING_REBALANCE'],
    ['Assigning', 'ASSIGNING'],
    ['', 'UNKNOWN'],
    ['SomethingNew', 'UNKNOWN'],
  ])('of %s is %s', (name, state) => {
    expect(groupState(name)).toBe(state);
  });
});

describe('listGroups', () => {
  it('shows groups that consume, of both protocols, and no others', async () => {
    const groups = [
      { groupId: 'a', protocolType: 'consumer', groupState: 'Stable', groupType: 'Classic' },
      { groupId: 'b', protocolType: 'consumer', groupState: 'Empty', groupType: 'Consumer' },
      { groupId: 'simple', protocolType: '', groupState: 'Empty', groupType: 'Classic' },
      { groupId: 'connect', protocolType: 'connect', groupState: 'Stable', groupType: 'Classic' },
      { groupId: 'share', protocolType: 'share', groupState: 'Stable', groupType: 'Share' },
      { groupId: 'streams', protocolType: 'streams', groupState: 'Stable', groupType: 'Streams' },
      // Of a broker that does not name the type.
      { groupId: 'old', protocolType: 'consumer', groupState: 'Stable' },
    ];

    const listed = await listGroups(answering({ errorCode: 0, groups }), broker);

    expect(listed.map(({ groupId, type }) => [groupId, type])).toEqual([
      ['a', 'CLASSIC'],
      ['b', 'CONSUMER'],
      ['simple', 'CLASSIC'],
      ['old', 'CLASSIC'],
    ]);
    expect(listed[0]).toEqual({ groupId: 'a', type: 'CLASSIC', state: 'STABLE', coordinator: broker });
  });

  it('fails while the broker still loads its groups', async () => {
    await expect(listGroups(answering({ errorCode: 14, groups: [] }), broker)).rejects.toMatchObject({
      kind: 'COORDINATOR_LOAD_IN_PROGRESS',
      retriable: true,
    });
  });
});

describe('committedOffsets', () => {
  const partition = { partitionIndex: 0, committedOffset: 5n, metadata: null, errorCode: 0 };
  const of = (more: object): BrokerConnection =>
    answering({ groups: [{ errorCode: 0, topics: [{ name: 't', partitions: [partition] }], ...more }] });

  it('leaves out partitions of which nothing is committed', async () => {
    const partitions = [partition, { ...partition, partitionIndex: 1, committedOffset: -1n }];

    expect(await committedOffsets(of({ topics: [{ name: 't', partitions }] }), 'g')).toEqual([
      { topic: 't', partition: 0, offset: 5n, metadata: '' },
    ]);
  });

  it('are none when the broker says nothing of the group', async () => {
    expect(await committedOffsets(answering({ groups: [] }), 'g')).toEqual([]);
  });

  it('fail rather than being told in part', async () => {
    const partitions = [partition, { ...partition, partitionIndex: 1, errorCode: 14 }];

    await expect(committedOffsets(of({ topics: [{ name: 't', partitions }] }), 'g')).rejects.toMatchObject({
      kind: 'COORDINATOR_LOAD_IN_PROGRESS',
    });
    await expect(committedOffsets(of({ errorCode: 16 }), 'g')).rejects.toMatchObject({
      kind: 'NOT_COORDINATOR',
    });
    await expect(committedOffsets(of({ errorCode: 30 }), 'g')).rejects.toMatchObject({
      message: 'Not authorized to access group: g',
    });
  });
});

describe('deleteGroup', () => {
  const deleted = (errorCode: number): Promise<void> =>
    deleteGroup(answering({ results: [{ groupId: 'g', errorCode }] }), 'g');

  it('is done when it is gone, whoever was faster', async () => {
    await expect(deleted(0)).resolves.toBeUndefined();
    await expect(deleted(69)).resolves.toBeUndefined();
  });

  it('fails while it has members', async () => {
    await expect(deleted(68)).rejects.toMatchObject({ kind: 'NON_EMPTY_GROUP' });
  });
});

describe('setOffsets', () => {
  const set = (errorCode: number): Promise<void> => {
    const partitions = [
      { partitionIndex: 0, errorCode: 0 },
      { partitionIndex: 1, errorCode },
    ];
    return setOffsets(answering({ topics: [{ name: 't', partitions }] }), 'g', [
      { topic: 't', partition: 0, offset: 1n },
      { topic: 't', partition: 1, offset: 1n },
    ]);
  };

  it('is done when every partition is', async () => {
    await expect(set(0)).resolves.toBeUndefined();
  });

  it.each(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'STALE_MEMBER_EPOCH', 'REBALANCE_IN_PROGRESS'])(
    'says that the group has members for %s',
    async (kind) => {
      await expect(set(KafkaError.of(kind).code)).rejects.toMatchObject({ kind: 'NON_EMPTY_GROUP' });
    },
  );

  it('fails with what any partition says, and names the topic', async () => {
    await expect(set(29)).rejects.toMatchObject({ message: 'Not authorized to access topics: [t]' });
    await expect(set(12)).rejects.toMatchObject({ kind: 'OFFSET_METADATA_TOO_LARGE' });
  });
});
