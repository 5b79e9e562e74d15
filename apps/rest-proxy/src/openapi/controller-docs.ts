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
import { clustersDoc } from '../v3/clusters/clusters.openapi.ts';
import { allTopicConfigsDoc, topicConfigsDoc } from '../v3/topic-configs/topic-configs.openapi.ts';
import { v3TopicsDoc } from '../v3/topics/topics.openapi.ts';
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
  rootDoc,
  healthDoc,
  openApiDoc,
];
