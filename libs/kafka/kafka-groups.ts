import type { BrokerNode, OffsetAndMetadata, TopicPartition, TopicPartitionOffset } from './kafka-types.ts';

/** `UNKNOWN` is a state that Kafka has and we do not know. */
export type GroupState =
  | 'UNKNOWN'
  | 'PREPARING_REBALANCE'
  | 'COMPLETING_REBALANCE'
  | 'STABLE'
  | 'DEAD'
  | 'EMPTY'
  | 'ASSIGNING'
  | 'RECONCILING';

/** Which protocol a group speaks: members share out partitions themselves, or the coordinator does (KIP-848). */
export type GroupType = 'CLASSIC' | 'CONSUMER';

/** What a list tells of a group. */
export interface ListedGroup {
  readonly groupId: string;
  readonly type: GroupType;
  readonly state: GroupState;
  readonly coordinator: BrokerNode;
}

export interface GroupMember {
  readonly memberId: string;
  /** null for a dynamic member. */
  readonly instanceId: string | null;
  readonly clientId: string;
  /** What it has now, in ascending order; nothing while a classic group rebalances. */
  readonly partitions: readonly TopicPartition[];
}

export interface GroupDescription extends ListedGroup {
  /** It has committed offsets and has never had members. */
  readonly simple: boolean;
  /** "" while there is none. */
  readonly assignor: string;
  /** A group of the new protocol that still has members of the classic one. */
  readonly mixed: boolean;
  /** In ascending order of id. */
  readonly members: readonly GroupMember[];
}

/** A group and what it has committed. */
export interface GroupWithOffsets {
  readonly group: GroupDescription;
  /** In no promised order. */
  readonly committed: readonly OffsetAndMetadata[];
}

/** Consumer groups, classic and new, as their coordinators see them now. Groups of other kinds do not exist here. */
export abstract class KafkaGroups {
  /** All groups, in no promised order; one request a broker. @throws {KafkaError} when a broker cannot tell */
  abstract list(): Promise<readonly ListedGroup[]>;

  /**
   * Groups of a list, in its order; those that vanish meanwhile are left out.
   *
   * One request for each 200 groups of a coordinator and type.
   *
   * @throws {KafkaError}
   */
  abstract describeListed(groups: readonly ListedGroup[]): Promise<readonly GroupDescription[]>;

  /** Three requests. @returns undefined when there is no such group @throws {KafkaError} */
  abstract describe(groupId: string): Promise<GroupDescription | undefined>;

  /** Four requests. @returns undefined when there is no such group @throws {KafkaError} */
  abstract describeWithOffsets(groupId: string): Promise<GroupWithOffsets | undefined>;

  /**
   * Where those end who read committed records only; one request a leader.
   *
   * @returns in the order of the partitions
   * @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, …
   */
  abstract endOffsets(partitions: readonly TopicPartition[]): Promise<readonly bigint[]>;

  /**
   * Deletes a group and its offsets; nothing happens when there is none.
   *
   * @throws {KafkaError} NON_EMPTY_GROUP while it has members
   */
  abstract delete(groupId: string): Promise<void>;

  /**
   * Sets offsets of a group that has no members.
   *
   * @throws {KafkaError} NON_EMPTY_GROUP while it has members; of the first partition that Kafka refuses
   */
  abstract setOffsets(groupId: string, offsets: readonly TopicPartitionOffset[]): Promise<void>;
}
