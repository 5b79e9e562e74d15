import { restErrors } from '#libs/errors/rest-errors.ts';
import type { GroupMember } from '#libs/kafka/kafka-groups.ts';
import type { ConsumerGroupsService } from '#libs/metadata/consumer-groups.service.ts';

/**
 * The members of a group, in the order of their ids.
 *
 * @throws {RestError} 404 when there is no such group
 * @throws {KafkaError}
 */
export async function membersOf(
  groups: ConsumerGroupsService,
  groupId: string,
): Promise<readonly GroupMember[]> {
  const group = await groups.get(groupId);
  if (group === undefined) throw restErrors.entityNotFound(`Consumer Group ${groupId} does not exist.`);
  return group.members;
}
