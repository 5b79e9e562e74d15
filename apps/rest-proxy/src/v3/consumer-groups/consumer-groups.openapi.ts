import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import {
  bool,
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  okJson,
  pageParameters,
  text,
  v3Responses,
} from '../v3.openapi.ts';
import { ConsumerGroupsController } from './consumer-groups.controller.ts';
import { exampleGroupUrl, groupParameter, wrongClusterOfGroups } from './groups.openapi.ts';

const tags: ['Consumer groups (v3)'] = ['Consumer groups (v3)'];
const example = {
  kind: 'KafkaConsumerGroup',
  metadata: { self: exampleGroupUrl, resource_name: `${exampleCrn}/consumer-group=my-group` },
  cluster_id: exampleClusterId,
  consumer_group_id: 'my-group',
  is_simple: false,
  partition_assignor: 'range',
  state: 'STABLE',
  type: 'CLASSIC',
  is_mixed_consumer_group: false,
  coordinator: { related: `${exampleCluster}/brokers/1` },
  consumers: { related: `${exampleGroupUrl}/consumers` },
  lag_summary: { related: `${exampleGroupUrl}/lag-summary` },
};

export const consumerGroupsDoc = controllerDoc(
  ConsumerGroupsController,
  {
    list: {
      operationId: 'listKafkaConsumerGroups',
      tags,
      summary: 'List the consumer groups',
      description:
        'By id. One request to Kafka a broker, and one for each 200 groups of a coordinator; with pages, for the groups of the page only.',
      parameters: [clusterIdParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The groups', 'KafkaConsumerGroupList', {
            kind: 'KafkaConsumerGroupList',
            metadata: { self: `${exampleCluster}/consumer-groups`, next: null },
            data: [example],
          }),
        },
        [wrongClusterOfGroups],
      ),
    },
    get: {
      operationId: 'getKafkaConsumerGroup',
      tags,
      summary: 'Get a consumer group',
      parameters: [clusterIdParameter, groupParameter],
      responses: v3Responses({ 200: okJson('The group', 'KafkaConsumerGroup', example) }, [
        wrongClusterOfGroups,
        restErrors.notFound,
      ]),
    },
  },
  {
    KafkaConsumerGroup: entitySchema('KafkaConsumerGroup', {
      cluster_id: text,
      consumer_group_id: text,
      is_simple: { ...bool, description: 'It has committed offsets and has never had members.' },
      partition_assignor: { ...text, description: 'Empty while there is none.' },
      state: {
        type: 'string',
        enum: [
          'UNKNOWN',
          'PREPARING_REBALANCE',
          'COMPLETING_REBALANCE',
          'STABLE',
          'DEAD',
          'EMPTY',
          'ASSIGNING',
          'RECONCILING',
        ],
      },
      type: {
        type: 'string',
        enum: ['CLASSIC', 'CONSUMER'],
        description: '`CONSUMER`: the coordinator shares out the partitions (KIP-848).',
      },
      is_mixed_consumer_group: {
        ...bool,
        description: 'Of type `CONSUMER`, with members that still speak the classic protocol.',
      },
      coordinator: related,
      consumers: related,
      lag_summary: related,
    }),
    KafkaConsumerGroupList: entityListSchema('KafkaConsumerGroupList', 'KafkaConsumerGroup'),
  },
);
