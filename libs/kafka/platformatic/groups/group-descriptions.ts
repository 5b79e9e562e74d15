import { describeGroupsV5 } from '@platformatic/kafka';
import type { GroupDescription, GroupMember } from '../../kafka-groups.ts';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode, TopicPartition } from '../../kafka-types.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { groupError } from '../consumer/errors.ts';
import { decodeAssignment } from '../consumer/group/consumer-protocol.ts';
import { comparePartitions, compareText } from '../consumer/topic-partitions.ts';
import { describeConsumerGroups, type DescribedConsumerGroup } from './consumer-group-describe.ts';
import { groupState } from './group-states.ts';

/** What a coordinator says of a group: it, why it cannot tell, or undefined when there is none of that type. */
export type Described = GroupDescription | KafkaError | undefined;

/** Protocol of the members of a classic group that consume; "" when it has never had any. */
const consumerProtocols: ReadonlySet<string> = new Set(['consumer', '']);

/** Classic groups of one coordinator, by id. @throws {KafkaError} when there is no answer at all */
export async function describeClassic(
  connection: BrokerConnection,
  coordinator: BrokerNode,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, Described>> {
  const { groups } = await connection.call([describeGroupsV5.api], [...groupIds], false);
  return new Map(groups.map((group) => [group.groupId, ofClassic(group, coordinator)]));
}

/** Groups of the new protocol of one coordinator, by id; none of a broker without it. @throws {KafkaError} as `describeClassic` */
export async function describeConsumer(
  connection: BrokerConnection,
  coordinator: BrokerNode,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, Described>> {
  try {
    const groups = await describeConsumerGroups(connection, groupIds);
    return new Map(groups.map((group) => [group.groupId, ofConsumer(group, coordinator)]));
  } catch (error) {
    if (error instanceof KafkaError && error.kind === 'UNSUPPORTED_VERSION') return new Map();
    throw error;
  }
}

type DescribedClassicGroup = Awaited<ReturnType<typeof describeGroupsV5.api.async>>['groups'][number];

function ofClassic(group: DescribedClassicGroup, coordinator: BrokerNode): Described {
  const { errorCode, groupId, protocolType } = group;
  if (errorCode === groupIdNotFound) return undefined;
  if (errorCode !== 0) return groupError(errorCode, groupId);
  const state = groupState(group.groupState);
  // A group that does not exist is described as a dead one.
  if (state === 'DEAD' || !consumerProtocols.has(protocolType)) return undefined;
  const members = group.members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.groupInstanceId ?? null,
    clientId: member.clientId,
    partitions: assignmentOf(member.memberAssignment),
  }));
  return {
    groupId,
    type: 'CLASSIC',
    state,
    coordinator,
    simple: protocolType === '',
    assignor: group.protocolData,
    mixed: false,
    members: inOrder(members),
  };
}

function ofConsumer(group: DescribedConsumerGroup, coordinator: BrokerNode): Described {
  const { errorCode, errorMessage, groupId, assignor } = group;
  if (errorCode === groupIdNotFound) return undefined;
  if (errorCode === groupAuthorizationFailed) return groupError(errorCode, groupId);
  if (errorCode !== 0) return KafkaError.ofCode(errorCode, errorMessage);
  return {
    groupId,
    type: 'CONSUMER',
    state: groupState(group.state),
    coordinator,
    simple: false,
    assignor,
    mixed: group.members.some(({ memberType }) => memberType === classicMember),
    members: inOrder(group.members),
  };
}

/** What a leader wrote in a form of its own is nothing that can be shown. */
function assignmentOf(bytes: Buffer | null | undefined): readonly TopicPartition[] {
  try {
    return decodeAssignment(bytes ?? Buffer.alloc(0));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function inOrder(members: readonly GroupMember[]): readonly GroupMember[] {
  return members
    .map(({ memberId, instanceId, clientId, partitions }) => ({
      memberId,
      instanceId,
      clientId,
      partitions: [...partitions].sort(comparePartitions),
    }))
    .sort((a, b) => compareText(a.memberId, b.memberId));
}

const groupIdNotFound = KafkaError.of('GROUP_ID_NOT_FOUND').code;
const groupAuthorizationFailed = KafkaError.of('GROUP_AUTHORIZATION_FAILED').code;
const classicMember = 0;
