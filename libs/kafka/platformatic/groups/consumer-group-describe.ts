import { Writer, type Reader } from '@platformatic/kafka';
import type { TopicPartition } from '../../kafka-types.ts';
import type { BrokerConnection, RawApi } from '../broker-connection.ts';

/** A group of the new protocol, as its coordinator describes it. */
export interface DescribedConsumerGroup {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly groupId: string;
  readonly state: string;
  readonly assignor: string;
  readonly members: readonly DescribedConsumerMember[];
}

export interface DescribedConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly partitions: readonly TopicPartition[];
  /** 0 for a member of the classic protocol, 1 for one of the new; -1 where the broker does not tell. */
  readonly memberType: number;
}

const key = 69;
const firstWithMemberType = 1;

/** Source: https://kafka.apache.org/protocol#The_Messages_ConsumerGroupDescribe. */
const apis: readonly RawApi<readonly DescribedConsumerGroup[]>[] = [1, 0].map((version) => ({
  key,
  version,
  flexibleHeaders: true,
  parse: (reader) => parse(version, reader),
}));

/** @throws {KafkaError} when there is no answer; UNSUPPORTED_VERSION by a broker that knows the classic protocol only */
export function describeConsumerGroups(
  connection: BrokerConnection,
  groupIds: readonly string[],
): Promise<readonly DescribedConsumerGroup[]> {
  return connection.send(connection.choose(apis), () =>
    Writer.create()
      .appendArray([...groupIds], (writer, groupId) => writer.appendString(groupId), true, false)
      .appendBoolean(false)
      .appendTaggedFields(),
  );
}

function parse(version: number, reader: Reader): readonly DescribedConsumerGroup[] {
  reader.readInt32();
  const groups = reader.readArray(() => readGroup(version, reader));
  reader.readTaggedFields();
  return groups;
}

function readGroup(version: number, reader: Reader): DescribedConsumerGroup {
  const errorCode = reader.readInt16();
  const errorMessage = reader.readNullableString();
  const groupId = reader.readString();
  const state = reader.readString();
  // Epochs of the group and of its assignment.
  reader.readInt32();
  reader.readInt32();
  const assignor = reader.readString();
  const members = reader.readArray(() => readMember(version, reader));
  // What we may do with it.
  reader.readInt32();
  return { errorCode, errorMessage, groupId, state, assignor, members };
}

function readMember(version: number, reader: Reader): DescribedConsumerMember {
  const memberId = reader.readString();
  const instanceId = reader.readNullableString();
  // Its rack and its epoch.
  reader.readNullableString();
  reader.readInt32();
  const clientId = reader.readString();
  // Its host and what it subscribes to.
  reader.readString();
  reader.readArray(() => reader.readString(), true, false);
  reader.readNullableString();
  const partitions = readAssignment(reader);
  // What it is to have once the others have let go of it.
  readAssignment(reader);
  const memberType = version >= firstWithMemberType ? reader.readInt8() : -1;
  return { memberId, instanceId, clientId, partitions, memberType };
}

function readAssignment(reader: Reader): readonly TopicPartition[] {
  const topics = reader.readArray(() => {
    reader.readUUID();
    const topic = reader.readString();
    const partitions = reader.readArray(() => reader.readInt32(), true, false);
    return partitions.map((partition) => ({ topic, partition }));
  });
  reader.readTaggedFields();
  return topics.flat();
}
