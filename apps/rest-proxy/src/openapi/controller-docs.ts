import { healthDoc } from '../health/health.openapi.ts';
import { brokersDoc } from '../v2/brokers/brokers.openapi.ts';
import { partitionsDoc } from '../v2/partitions/partitions.openapi.ts';
import { produceDoc } from '../v2/produce/produce.openapi.ts';
import { rootDoc } from '../v2/root/root.openapi.ts';
import { topicsDoc } from '../v2/topics/topics.openapi.ts';
import { clustersDoc } from '../v3/clusters/clusters.openapi.ts';
import type { ControllerDoc } from './controller-doc.ts';
import { openApiDoc } from './openapi.openapi.ts';

/** Everything that is documented, in the order of the document. A new controller adds a line. */
export const controllerDocs: readonly ControllerDoc[] = [
  topicsDoc,
  partitionsDoc,
  produceDoc,
  brokersDoc,
  clustersDoc,
  rootDoc,
  healthDoc,
  openApiDoc,
];
