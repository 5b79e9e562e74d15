import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import {
  exampleGroupUrl,
  exampleMember,
  groupParameter,
  wrongClusterOfGroups,
} from '../consumer-groups/groups.openapi.ts';
import { entitySchema, related } from '../entity.openapi.ts';
import {
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  int32,
  okJson,
  text,
  v3Responses,
} from '../v3.openapi.ts';
import { LagSummaryController } from './lag-summary.controller.ts';

const count = { type: 'integer', format: 'int64', minimum: 0 } as const;
const example = {
  kind: 'KafkaConsumerGroupLagSummary',
  metadata: {
    self: `${exampleGroupUrl}/lag-summary`,
    resource_name: `${exampleCrn}/consumer-group=my-group/lag-summary`,
  },
  cluster_id: exampleClusterId,
  consumer_group_id: 'my-group',
  max_lag: 100,
  total_lag: 110,
  max_lag_consumer_id: exampleMember,
  max_lag_consumer: { related: `${exampleGroupUrl}/consumers/${exampleMember}` },
  max_lag_client_id: 'my-client',
  max_lag_instance_id: null,
  max_lag_topic_name: 'test',
  max_lag_partition_id: 0,
  max_lag_partition: { related: `${exampleCluster}/topics/test/partitions/0` },
};

export const lagSummaryDoc = controllerDoc(
  LagSummaryController,
  {
    get: {
      operationId: 'getKafkaConsumerGroupLagSummary',
      tags: ['Consumer groups (v3)'],
      summary: 'Get how far a consumer group is behind',
      parameters: [clusterIdParameter, groupParameter],
      responses: v3Responses(
        { 200: okJson('The largest lag and the sum of all', 'KafkaConsumerGroupLagSummary', example) },
        [wrongClusterOfGroups],
      ),
    },
  },
  {
    KafkaConsumerGroupLagSummary: entitySchema('KafkaConsumerGroupLagSummary', {
      cluster_id: text,
      consumer_group_id: text,
      max_lag: count,
      total_lag: count,
      max_lag_consumer_id: { ...text, description: 'Empty while nobody reads the partition.' },
      max_lag_consumer: related,
      max_lag_client_id: { ...text, description: 'Empty while nobody reads the partition.' },
      max_lag_instance_id: { type: ['string', 'null'] },
      max_lag_topic_name: text,
      max_lag_partition_id: int32,
      max_lag_partition: related,
    }),
  },
);
