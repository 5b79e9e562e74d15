import { deleteGroupsV1, deleteGroupsV2 } from '@platformatic/kafka';
import { KafkaError } from '../../kafka-error.ts';
import type { TopicPartitionOffset } from '../../kafka-types.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { groupError, topicError } from '../consumer/errors.ts';
import { commitOffsets } from '../consumer/group/group-requests.ts';

/** @throws {KafkaError} NON_EMPTY_GROUP, … */
export async function deleteGroup(connection: BrokerConnection, groupId: string): Promise<void> {
  const { results } = await connection.call([deleteGroupsV2.api, deleteGroupsV1.api], [groupId]);
  const code = results[0]?.errorCode ?? 0;
  if (code === 0) return;
  const error = groupError(code, groupId);
  // Somebody else was faster, or an answer to us was lost.
  if (error.kind !== 'GROUP_ID_NOT_FOUND') throw error;
}

/** @throws {KafkaError} NON_EMPTY_GROUP, … */
export async function setOffsets(
  connection: BrokerConnection,
  groupId: string,
  offsets: readonly TopicPartitionOffset[],
): Promise<void> {
  const answers = await commitOffsets(
    connection,
    { groupId, memberId: '', groupInstanceId: null, generationId: -1 },
    offsets.map((one) => ({ ...one, leaderEpoch: -1, metadata: '' })),
  );
  for (const { topic, errorCode } of answers) {
    if (errorCode === 0) continue;
    const error = topicError(groupError(errorCode, groupId), topic);
    throw hasMembers.has(error.kind) ? KafkaError.of('NON_EMPTY_GROUP') : error;
  }
}

/** What a group with members says to somebody who is none of them. */
const hasMembers: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'STALE_MEMBER_EPOCH',
  'REBALANCE_IN_PROGRESS',
]);
