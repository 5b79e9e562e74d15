import { offsetFetchV8, offsetFetchV9 } from '@platformatic/kafka';
import type { OffsetAndMetadata } from '../../kafka-types.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { groupError } from '../consumer/errors.ts';

/** Everything that a group has committed; nothing for one that does not exist. @throws {KafkaError} */
export async function committedOffsets(
  connection: BrokerConnection,
  groupId: string,
): Promise<readonly OffsetAndMetadata[]> {
  const versions = [offsetFetchV9.api, offsetFetchV8.api];
  const wholeGroup = { groupId, memberId: null, memberEpoch: -1, topics: null };
  const [group] = (await connection.call(versions, [wholeGroup], false)).groups;
  if (group === undefined) return [];
  if (group.errorCode !== 0) throw groupError(group.errorCode, groupId);
  const found: OffsetAndMetadata[] = [];
  for (const { name: topic, partitions } of group.topics) {
    for (const { partitionIndex, committedOffset, metadata, errorCode } of partitions) {
      if (errorCode !== 0) throw groupError(errorCode, groupId);
      if (committedOffset < 0n) continue;
      found.push({ topic, partition: partitionIndex, offset: committedOffset, metadata: metadata ?? '' });
    }
  }
  return found;
}
