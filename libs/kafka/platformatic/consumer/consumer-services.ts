import type { ConsumerConfig } from '../../kafka-settings.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { FetchLanes } from './fetch/fetch-lanes.ts';
import type { FetchShares } from './fetch/fetch-shares.ts';
import type { GroupLeader } from './group/group-leader.ts';
import type { GroupOffsets } from './group/group-offsets.ts';
import type { MemberServices } from './group/group-member.ts';
import type { GroupServices } from './group/join-flow.ts';
import type { TopicWatch } from './topic-watch.ts';

/** What all consumers of one identity share. */
export interface ConsumerServices extends GroupServices, MemberServices {
  readonly leader: GroupLeader;
  readonly metadata: ClusterMetadata;
  readonly config: ConsumerConfig;
  readonly offsets: GroupOffsets;
  readonly fetches: FetchLanes;
  readonly shares: FetchShares;
  readonly watch: TopicWatch;
}
