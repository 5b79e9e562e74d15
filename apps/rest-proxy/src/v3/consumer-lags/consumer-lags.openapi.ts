import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import {
  exampleGroupUrl,
  exampleMember,
  groupParameter,
  wrongClusterOfGroups,
} from '../consumer-groups/groups.openapi.ts';
import { entityListSchema, entitySchema } from '../entity.openapi.ts';
import {
  exampleClusterId,
  exampleCrn,
  int32,
  okJson,
  pageParameters,
  text,
  v3Responses,
} from '../v3.openapi.ts';
import { ConsumerLagsController } from './consumer-lags.controller.ts';

const tags: ['Consumer groups (v3)'] = ['Consumer groups (v3)'];
const offset = { type: 'integer', format: 'int64' } as const;
const example = {
  kind: 'KafkaConsumerLag',
  metadata: {
    self: `${exampleGroupUrl}/lags/test/partitions/0`,
    resource_name: `${exampleCrn}/consumer-group=my-group/lag=test/partition=0`,
  },
  cluster_id: exampleClusterId,
  consumer_group_id: 'my-group',
  topic_name: 'test',
  partition_id: 0,
  consumer_id: exampleMember,
  instance_id: null,
  client_id: 'my-client',
  current_offset: 10,
  log_end_offset: 110,
  lag: 100,
};

export const consumerLagsDoc = controllerDoc(
  ConsumerLagsController,
  {
    list: {
      operationId: 'listKafkaConsumerLags',
      tags,
      summary: 'List how far a consumer group is behind, by partition',
      description:
        'The largest lag first, in all partitions that the group has committed an offset of. Records of transactions that are not committed do not count. However many partitions, this is five requests to Kafka and one a leader.',
      parameters: [clusterIdParameter, groupParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The lags', 'KafkaConsumerLagList', {
            kind: 'KafkaConsumerLagList',
            metadata: { self: `${exampleGroupUrl}/lags`, next: null },
            data: [example],
          }),
        },
        [wrongClusterOfGroups],
      ),
    },
    get: {
      operationId: 'getKafkaConsumerLag',
      tags,
      summary: 'Get how far a consumer group is behind in a partition',
      parameters: [clusterIdParameter, groupParameter, topicParameter, partitionParameter],
      responses: v3Responses({ 200: okJson('The lag', 'KafkaConsumerLag', example) }, [
        wrongClusterOfGroups,
        restErrors.notFound,
      ]),
    },
  },
  {
    KafkaConsumerLag: entitySchema('KafkaConsumerLag', {
      cluster_id: text,
      consumer_group_id: text,
      topic_name: text,
      partition_id: int32,
      consumer_id: { ...text, description: 'Empty while nobody reads the partition.' },
      instance_id: { type: ['string', 'null'], description: '`group.instance.id` of a static member.' },
      client_id: { ...text, description: 'Empty while nobody reads the partition.' },
      current_offset: { ...offset, description: 'The next offset that the group reads.' },
      log_end_offset: offset,
      lag: { ...offset, minimum: 0 },
    }),
    KafkaConsumerLagList: entityListSchema('KafkaConsumerLagList', 'KafkaConsumerLag'),
  },
);
