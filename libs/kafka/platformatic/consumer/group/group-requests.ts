import {
  heartbeatV3,
  heartbeatV4,
  joinGroupV5,
  joinGroupV6,
  joinGroupV7,
  joinGroupV8,
  joinGroupV9,
  leaveGroupV3,
  leaveGroupV4,
  leaveGroupV5,
  offsetCommitV8,
  offsetCommitV9,
  offsetFetchV8,
  offsetFetchV9,
  syncGroupV3,
  syncGroupV4,
  syncGroupV5,
} from '@platformatic/kafka';
import type { TopicPartition } from '../../../kafka-types.ts';
import type { BrokerConnection } from '../../broker-connection.ts';
import { byTopic } from '../topic-partitions.ts';

/** Who a member is to its group. */
export interface MemberIdentity {
  readonly groupId: string;
  /** "" before the first join. */
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** -1 outside of a group. */
  readonly generationId: number;
}

export interface JoinOptions {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  /** Shown in the broker's log. */
  readonly reason: string;
}

export interface JoinAnswer {
  readonly errorCode: number;
  readonly memberId: string;
  readonly generationId: number;
  readonly leader: string;
  readonly protocolName: string;
  /** The leader is to assign nothing: a static member came back and its share stands. */
  readonly skipAssignment: boolean;
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly metadata: Buffer;
  }[];
}

const protocolType = 'consumer';

/** Blocks on the broker until the whole group has joined. @throws {KafkaError} when there is no answer */
export async function joinGroup(
  connection: BrokerConnection,
  { groupId, memberId, groupInstanceId }: MemberIdentity,
  options: JoinOptions,
): Promise<JoinAnswer> {
  const versions = [joinGroupV9.api, joinGroupV8.api, joinGroupV7.api, joinGroupV6.api, joinGroupV5.api];
  const answer = await connection.call(
    versions,
    groupId,
    options.sessionTimeoutMs,
    options.rebalanceTimeoutMs,
    memberId,
    groupInstanceId,
    protocolType,
    [...options.protocols],
    options.reason,
  );
  return {
    ...answer,
    protocolName: answer.protocolName ?? '',
    members: answer.members.map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId ?? null,
      metadata: member.metadata,
    })),
  };
}

/** Blocks on the broker until the leader has assigned. @throws {KafkaError} when there is no answer */
export function syncGroup(
  connection: BrokerConnection,
  { groupId, generationId, memberId, groupInstanceId }: MemberIdentity,
  protocolName: string,
  assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
): Promise<{ readonly errorCode: number; readonly assignment: Buffer }> {
  return connection.call(
    [syncGroupV5.api, syncGroupV4.api, syncGroupV3.api],
    groupId,
    generationId,
    memberId,
    groupInstanceId,
    protocolType,
    protocolName,
    [...assignments],
  );
}

/** @returns the error code @throws {KafkaError} when there is no answer */
export async function heartbeat(connection: BrokerConnection, member: MemberIdentity): Promise<number> {
  const { groupId, generationId, memberId, groupInstanceId } = member;
  const versions = [heartbeatV4.api, heartbeatV3.api];
  return (await connection.call(versions, groupId, generationId, memberId, groupInstanceId)).errorCode;
}

/** @returns the error code @throws {KafkaError} when there is no answer */
export async function leaveGroup(
  connection: BrokerConnection,
  { groupId, memberId, groupInstanceId }: MemberIdentity,
  reason: string,
): Promise<number> {
  const versions = [leaveGroupV5.api, leaveGroupV4.api, leaveGroupV3.api];
  const answer = await connection.call(versions, groupId, [{ memberId, groupInstanceId, reason }]);
  return answer.errorCode === 0 ? (answer.members[0]?.errorCode ?? 0) : answer.errorCode;
}

export interface OffsetToCommit extends TopicPartition {
  readonly offset: bigint;
  /** -1 when unknown. */
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

/** @returns the error code of every partition @throws {KafkaError} when there is no answer */
export async function commitOffsets(
  connection: BrokerConnection,
  { groupId, generationId, memberId, groupInstanceId }: MemberIdentity,
  offsets: readonly OffsetToCommit[],
): Promise<readonly (TopicPartition & { readonly errorCode: number })[]> {
  const topics = [...byTopic(offsets)].map(([name, list]) => ({
    name,
    partitions: list.map((one) => ({
      partitionIndex: one.partition,
      committedOffset: one.offset,
      committedLeaderEpoch: one.leaderEpoch,
      committedMetadata: one.metadata,
    })),
  }));
  const versions = [offsetCommitV9.api, offsetCommitV8.api];
  const answer = await connection.call(versions, groupId, generationId, memberId, groupInstanceId, topics);
  return answer.topics.flatMap(({ name, partitions }) =>
    partitions.map((one) => ({ topic: name, partition: one.partitionIndex, errorCode: one.errorCode })),
  );
}

export interface CommittedOffset extends TopicPartition {
  /** -1 when there is none. */
  readonly offset: bigint;
  readonly leaderEpoch: number;
  readonly metadata: string;
  readonly errorCode: number;
}

/** @throws {KafkaError} when there is no answer */
export async function fetchOffsets(
  connection: BrokerConnection,
  groupId: string,
  partitions: readonly TopicPartition[],
  requireStable: boolean,
): Promise<{ readonly errorCode: number; readonly offsets: readonly CommittedOffset[] }> {
  const topics = [...byTopic(partitions)].map(([name, list]) => ({
    name,
    partitionIndexes: list.map((one) => one.partition),
  }));
  const versions = [offsetFetchV9.api, offsetFetchV8.api];
  const answer = await connection.call(
    versions,
    [{ groupId, memberId: null, memberEpoch: -1, topics }],
    requireStable,
  );
  const [group] = answer.groups;
  const offsets = (group?.topics ?? []).flatMap(({ name, partitions: found }) =>
    found.map((one) => ({
      topic: name,
      partition: one.partitionIndex,
      offset: one.committedOffset,
      leaderEpoch: one.committedLeaderEpoch,
      metadata: one.metadata ?? '',
      errorCode: one.errorCode,
    })),
  );
  return { errorCode: group?.errorCode ?? 0, offsets };
}
