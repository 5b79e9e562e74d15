import { healthDoc } from '../health/health.openapi.ts';
import { brokersDoc } from '../v2/brokers/brokers.openapi.ts';
import { assignmentsDoc } from '../v2/consumers/assignments.openapi.ts';
import { consumersDoc } from '../v2/consumers/consumers.openapi.ts';
import { offsetsDoc } from '../v2/consumers/offsets.openapi.ts';
import { positionsDoc } from '../v2/consumers/positions.openapi.ts';
import { recordsDoc } from '../v2/consumers/records.openapi.ts';
import { subscriptionDoc } from '../v2/consumers/subscription.openapi.ts';
import { partitionsDoc } from '../v2/partitions/partitions.openapi.ts';
import { produceDoc } from '../v2/produce/produce.openapi.ts';
import { rootDoc } from '../v2/root/root.openapi.ts';
import { topicsDoc } from '../v2/topics/topics.openapi.ts';
import { aclsDoc } from '../v3/acls/acls.openapi.ts';
import { brokerConfigsDoc } from '../v3/broker-configs/broker-configs.openapi.ts';
import { v3BrokersDoc } from '../v3/brokers/brokers.openapi.ts';
import { clusterConfigsDoc, otherConfigTypesDoc } from '../v3/cluster-configs/cluster-configs.openapi.ts';
import { consumerAssignmentsDoc } from '../v3/consumer-assignments/consumer-assignments.openapi.ts';
import { consumerGroupsDoc } from '../v3/consumer-groups/consumer-groups.openapi.ts';
import { groupChangesDoc } from '../v3/consumer-groups/group-changes.openapi.ts';
import { consumerLagsDoc } from '../v3/consumer-lags/consumer-lags.openapi.ts';
import { lagSummaryDoc } from '../v3/consumer-lags/lag-summary.openapi.ts';
import { v3ConsumersDoc } from '../v3/consumers/consumers.openapi.ts';
import { clustersDoc } from '../v3/clusters/clusters.openapi.ts';
import { v3PartitionsDoc } from '../v3/partitions/partitions.openapi.ts';
import { reassignmentChangesDoc } from '../v3/reassignments/reassignment-changes.openapi.ts';
import { reassignmentLinksDoc, reassignmentsDoc } from '../v3/reassignments/reassignments.openapi.ts';
import { replicasDoc } from '../v3/replicas/replicas.openapi.ts';
import { allTopicConfigsDoc, topicConfigsDoc } from '../v3/topic-configs/topic-configs.openapi.ts';
import { v3TopicsDoc } from '../v3/topics/topics.openapi.ts';
import { v3RecordsDoc } from '../v3/records/records.openapi.ts';
import type { ControllerDoc } from './controller-doc.ts';
import { openApiDoc } from './openapi.openapi.ts';

/** Everything that is documented, in the order of the document. A new controller adds a line. */
export const controllerDocs: readonly ControllerDoc[] = [
  topicsDoc,
  partitionsDoc,
  produceDoc,
  consumersDoc,
  subscriptionDoc,
  recordsDoc,
  offsetsDoc,
  positionsDoc,
  assignmentsDoc,
  brokersDoc,
  clustersDoc,
  v3TopicsDoc,
  topicConfigsDoc,
  allTopicConfigsDoc,
  v3PartitionsDoc,
  replicasDoc,
  reassignmentsDoc,
  reassignmentLinksDoc,
  reassignmentChangesDoc,
  v3BrokersDoc,
  brokerConfigsDoc,
  clusterConfigsDoc,
  otherConfigTypesDoc,
  aclsDoc,
  v3RecordsDoc,
  consumerGroupsDoc,
  groupChangesDoc,
  v3ConsumersDoc,
  consumerAssignmentsDoc,
  consumerLagsDoc,
  lagSummaryDoc,
  rootDoc,
  healthDoc,
  openApiDoc,
];
