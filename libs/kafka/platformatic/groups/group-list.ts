import { listGroupsV4, listGroupsV5 } from '@platformatic/kafka';
import type { GroupType, ListedGroup } from '../../kafka-groups.ts';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode } from '../../kafka-types.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { groupState } from './group-states.ts';

/** By the broker's name of the type; brokers that know one type only do not name it. */
const types: ReadonlyMap<string, GroupType> = new Map([
  ['', 'CLASSIC'],
  ['classic', 'CLASSIC'],
  ['consumer', 'CONSUMER'],
]);

/** The consumer groups that a broker coordinates. @throws {KafkaError} */
export async function listGroups(
  connection: BrokerConnection,
  coordinator: BrokerNode,
): Promise<readonly ListedGroup[]> {
  const answer = await connection.call([listGroupsV5.api, listGroupsV4.api], [], []);
  if (answer.errorCode !== 0) throw KafkaError.ofCode(answer.errorCode);
  return answer.groups.flatMap(({ groupId, protocolType, groupState: state, groupType = '' }) => {
    const type = types.get(groupType.toLowerCase());
    // Kafka Connect and others speak the classic protocol too, of another type; "" is a group with offsets only.
    if (type === undefined || (protocolType !== 'consumer' && protocolType !== '')) return [];
    return [{ groupId, type, state: groupState(state), coordinator }];
  });
}
