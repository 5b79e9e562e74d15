import { Reader, Writer } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerConnection, RawApi } from '../broker-connection.ts';
import { encodeAssignment } from '../consumer/group/consumer-protocol.ts';
import { describeClassic, describeConsumer } from './group-descriptions.ts';

const coordinator = { id: 1, host: 'b1', port: 9092, rack: null };

/** A coordinator that answers the same to everything. */
function classicCoordinator(groups: readonly object[]): BrokerConnection {
  return { call: async () => ({ groups }) } as never;
}

const member = { memberId: 'm1', groupInstanceId: null, clientId: 'c', memberAssignment: Buffer.alloc(0) };
const classic = {
  errorCode: 0,
  groupId: 'g',
  groupState: 'Stable',
  protocolType: 'consumer',
  protocolData: 'range',
  members: [member],
};

async function describedClassic(group: object): Promise<unknown> {
  const found = await describeClassic(classicCoordinator([{ ...classic, ...group }]), coordinator, ['g']);
  return found.get('g');
}

describe('describeClassic', () => {
  it('shows members and their partitions in order', async () => {
    const assignment = encodeAssignment([
      { topic: 'b', partition: 0 },
      { topic: 'a', partition: 10 },
      { topic: 'a', partition: 9 },
    ]);
    const members = [
      { ...member, memberId: 'z', memberAssignment: assignment },
      { ...member, memberId: 'a', groupInstanceId: 'static' },
    ];

    expect(await describedClassic({ members })).toEqual({
      groupId: 'g',
      type: 'CLASSIC',
      state: 'STABLE',
      coordinator,
      simple: false,
      assignor: 'range',
      mixed: false,
      members: [
        { memberId: 'a', instanceId: 'static', clientId: 'c', partitions: [] },
        {
          memberId: 'z',
          instanceId: null,
          clientId: 'c',
          partitions: [
            { topic: 'a', partition: 9 },
            { topic: 'a', partition: 10 },
            { topic: 'b', partition: 0 },
          ],
        },
      ],
    });
  });

  it('shows no partitions of a member whose assignment is in a form of its own', async () => {
    const members = [{ ...member, memberAssignment: Buffer.from([0, 1, 2]) }];

    expect(await describedClassic({ members })).toMatchObject({ members: [{ partitions: [] }] });
  });

  it('calls a group simple that has never had members', async () => {
    const simple = { protocolType: '', protocolData: '', groupState: 'Empty', members: [] };

    expect(await describedClassic(simple)).toMatchObject({ simple: true, state: 'EMPTY', assignor: '' });
  });

  it.each([
    ['is dead', { groupState: 'Dead', protocolType: '' }],
    ['is not there', { errorCode: 69 }],
    ['is one of Kafka Connect', { protocolType: 'connect' }],
  ])('knows no group that %s', async (_, group) => {
    expect(await describedClassic(group)).toBeUndefined();
  });

  it('gives an error as a value, with the name of the group where we may not see it', async () => {
    expect(await describedClassic({ errorCode: 16 })).toEqual(KafkaError.of('NOT_COORDINATOR'));
    expect(await describedClassic({ errorCode: 30 })).toMatchObject({
      message: 'Not authorized to access group: g',
    });
  });
});

interface Member {
  readonly id: string;
  readonly instance?: string;
  /** 0 classic, 1 consumer; left out of version 0. */
  readonly type?: number;
}

/** The answer to ConsumerGroupDescribe, as the protocol writes it. */
function answerOf(
  version: number,
  group: { readonly errorCode?: number; readonly members?: readonly Member[] },
): Reader {
  const assignment = (writer: Writer): Writer =>
    writer
      .appendArray([{ topic: 't', partitions: [1, 0] }], (w, { topic, partitions }) =>
        w
          .appendUUID('00000000-0000-0000-0000-000000000001')
          .appendString(topic)
          .appendArray(partitions, (inner, partition) => inner.appendInt32(partition), true, false),
      )
      .appendTaggedFields();
  const writer = Writer.create()
    .appendInt32(0)
    .appendArray([group], (w, { errorCode = 0, members = [] }) =>
      w
        .appendInt16(errorCode)
        .appendString(errorCode === 0 ? null : 'The text of the broker.')
        .appendString('g')
        .appendString('Reconciling')
        .appendInt32(3)
        .appendInt32(4)
        .appendString('uniform')
        .appendArray([...members], (inner, { id, instance, type }) => {
          inner
            .appendString(id)
            .appendString(instance ?? null)
            .appendString('rack')
            .appendInt32(4)
            .appendString('client')
            .appendString('/127.0.0.1')
            .appendArray(['t'], (names, name) => names.appendString(name), true, false)
            .appendString(null);
          assignment(inner);
          assignment(inner);
          if (version >= 1) inner.appendInt8(type ?? -1);
        })
        .appendInt32(-2_147_483_648),
    )
    .appendTaggedFields();
  return Reader.from(writer.buffer);
}

function consumerCoordinator(version: number, group: Parameters<typeof answerOf>[1]): BrokerConnection {
  const versions = (api: { readonly version: number }): boolean => api.version <= version;
  return {
    choose: (apis: readonly RawApi<unknown>[]) => apis.find(versions),
    send: async (api: RawApi<unknown>) => api.parse(answerOf(api.version, group)),
  } as never;
}

describe('describeConsumer', () => {
  it.each([0, 1])('reads version %i of the protocol', async (version) => {
    const members = [
      { id: 'b', type: 1 },
      { id: 'a', instance: 'static', type: 1 },
    ];
    const found = await describeConsumer(consumerCoordinator(version, { members }), coordinator, ['g']);

    const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
    expect(found.get('g')).toEqual({
      groupId: 'g',
      type: 'CONSUMER',
      state: 'RECONCILING',
      coordinator,
      simple: false,
      assignor: 'uniform',
      mixed: false,
      members: [
        { memberId: 'a', instanceId: 'static', clientId: 'client', partitions },
        { memberId: 'b', instanceId: null, clientId: 'client', partitions },
      ],
    });
  });

  it('calls a group mixed that has a member of the classic protocol', async () => {
    const members = [
      { id: 'a', type: 1 },
      { id: 'b', type: 0 },
    ];
    const found = await describeConsumer(consumerCoordinator(1, { members }), coordinator, ['g']);

    expect(found.get('g')).toMatchObject({ mixed: true });
  });

  it('knows no group that is not there, and gives other errors with the text of the broker', async () => {
    const gone = await describeConsumer(consumerCoordinator(1, { errorCode: 69 }), coordinator, ['g']);
    const moved = await describeConsumer(consumerCoordinator(1, { errorCode: 16 }), coordinator, ['g']);
    const refused = await describeConsumer(consumerCoordinator(1, { errorCode: 30 }), coordinator, ['g']);

    expect([...gone]).toEqual([['g', undefined]]);
    expect(moved.get('g')).toEqual(KafkaError.of('NOT_COORDINATOR', 'The text of the broker.'));
    expect(refused.get('g')).toMatchObject({ message: 'Not authorized to access group: g' });
  });

  it('finds none at a broker that knows the classic protocol only, and hides no other failure', async () => {
    const failing = (kind: string): BrokerConnection =>
      ({
        choose: () => {
          throw KafkaError.of(kind);
        },
      }) as never;

    expect([...(await describeConsumer(failing('UNSUPPORTED_VERSION'), coordinator, ['g']))]).toEqual([]);
    await expect(describeConsumer(failing('NETWORK_EXCEPTION'), coordinator, ['g'])).rejects.toMatchObject({
      kind: 'NETWORK_EXCEPTION',
    });
  });
});
