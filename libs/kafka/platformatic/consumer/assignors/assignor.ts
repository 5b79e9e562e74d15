import type { TopicPartition } from '../../../kafka-types.ts';
import type { Subscription } from '../group/consumer-protocol.ts';

/** A member as the group's leader sees it. */
export interface Candidate extends Subscription {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

/** What a member remembers of its last assignment. */
export interface LastAssignment {
  readonly partitions: readonly TopicPartition[];
  readonly generationId: number;
}

/** Shares of members by member id; every member has one. */
export type Shares = Map<string, TopicPartition[]>;

/** Who decides which member reads what; the same rules and data as Java's assignor of this name. */
export interface Assignor {
  readonly name: string;
  /** Whether a member may keep its partitions while the group rebalances. */
  readonly cooperative: boolean;
  /** What it adds to a member's subscription. */
  userData(last: LastAssignment | undefined): Buffer | null;
  /** @param partitionCounts of every topic that somebody subscribes to and that exists */
  assign(partitionCounts: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shares;
}
