import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import {
  consumerParameter,
  exampleGroupUrl,
  exampleMember,
  groupParameter,
  wrongClusterOfGroups,
} from '../consumer-groups/groups.openapi.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import { exampleClusterId, exampleCrn, okJson, pageParameters, text, v3Responses } from '../v3.openapi.ts';
import { V3ConsumersController } from './consumers.controller.ts';

const tags: ['Consumer groups (v3)'] = ['Consumer groups (v3)'];
const url = `${exampleGroupUrl}/consumers/${exampleMember}`;
const example = {
  kind: 'KafkaConsumer',
  metadata: {
    self: url,
    resource_name: `${exampleCrn}/consumer-group=my-group/consumer=${exampleMember}`,
  },
  cluster_id: exampleClusterId,
  consumer_group_id: 'my-group',
  consumer_id: exampleMember,
  instance_id: null,
  client_id: 'my-client',
  assignments: { related: `${url}/assignments` },
};

export const v3ConsumersDoc = controllerDoc(
  V3ConsumersController,
  {
    list: {
      operationId: 'listKafkaConsumers',
      tags,
      summary: 'List the members of a consumer group',
      parameters: [clusterIdParameter, groupParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The members', 'KafkaConsumerList', {
            kind: 'KafkaConsumerList',
            metadata: { self: `${exampleGroupUrl}/consumers`, next: null },
            data: [example],
          }),
        },
        [wrongClusterOfGroups],
      ),
    },
    get: {
      operationId: 'getKafkaConsumer',
      tags,
      summary: 'Get a member of a consumer group',
      parameters: [clusterIdParameter, groupParameter, consumerParameter],
      responses: v3Responses({ 200: okJson('The member', 'KafkaConsumer', example) }, [
        wrongClusterOfGroups,
        restErrors.notFound,
      ]),
    },
  },
  {
    KafkaConsumer: entitySchema('KafkaConsumer', {
      cluster_id: text,
      consumer_group_id: text,
      consumer_id: text,
      instance_id: { type: ['string', 'null'], description: '`group.instance.id` of a static member.' },
      client_id: text,
      assignments: related,
    }),
    KafkaConsumerList: entityListSchema('KafkaConsumerList', 'KafkaConsumer'),
  },
);
