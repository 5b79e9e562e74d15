import { restErrors } from '#libs/errors/rest-errors.ts';
import { json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import type { ApiParameter, ApiSchema } from '../../openapi/openapi-types.ts';
import { clusterIdParameter, topicParameter } from '../../openapi/parameters.ts';
import { content, noContent, ok, schemaRef, topicErrors } from '../../openapi/responses.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import {
  bool,
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  int32,
  jsonBody,
  locationHeader,
  okJson,
  pageParameters,
  text,
  v3BodyErrors,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { V3TopicsController } from './topics.controller.ts';

const tags: ['Topics (v3)'] = ['Topics (v3)'];
const brokerIds: ApiSchema = { type: 'array', items: int32 };
const operations = (name: string): ApiParameter => ({
  name,
  in: 'query',
  required: false,
  description: "Whether to say what the proxy's identity may do with the topic.",
  schema: { type: 'boolean', default: false },
});

function topicExample(name: string): object {
  const url = `${exampleCluster}/topics/${name}`;
  return {
    kind: 'KafkaTopic',
    metadata: { self: url, resource_name: `${exampleCrn}/topic=${name}` },
    cluster_id: exampleClusterId,
    topic_name: name,
    is_internal: false,
    replication_factor: 3,
    partitions_count: 2,
    partitions: { related: `${url}/partitions` },
    configs: { related: `${url}/configs` },
    partition_reassignments: { related: `${url}/partitions/-/reassignment` },
    authorized_operations: [],
  };
}

export const v3TopicsDoc = controllerDoc(
  V3TopicsController,
  {
    list: {
      operationId: 'listKafkaTopics',
      tags,
      summary: 'List the topics',
      description:
        'By name, without internal topics. One request to Kafka whatever their number, one more with authorized operations.',
      parameters: [clusterIdParameter, operations('includeAuthorizedOperations'), ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The topics', 'KafkaTopicList', {
            kind: 'KafkaTopicList',
            metadata: { self: `${exampleCluster}/topics`, next: null },
            data: [topicExample('test')],
          }),
        },
        [wrongCluster],
      ),
    },
    create: {
      operationId: 'createKafkaTopic',
      tags,
      summary: 'Create a topic',
      parameters: [clusterIdParameter],
      requestBody: jsonBody('CreateKafkaTopicRequest', {
        small: { topic_name: 'created', partitions_count: 1, replication_factor: 1 },
        configured: {
          topic_name: 'configured',
          partitions_count: 2,
          configs: [{ name: 'retention.ms', value: '86400000' }],
          validate_only: true,
        },
      }),
      responses: v3Responses(
        {
          200: okJson('With `validate_only`: the topic as it would be', 'KafkaTopic', topicExample('test')),
          201: ok(
            'The topic as it was created',
            content([json], schemaRef('KafkaTopic'), { topic: topicExample('test') }),
            locationHeader,
          ),
        },
        [wrongCluster, ...v3BodyErrors, [restErrors.invalidKafkaRequest, "Topic 'test' already exists."]],
      ),
    },
    get: {
      operationId: 'getKafkaTopic',
      tags,
      summary: 'Get a topic',
      parameters: [clusterIdParameter, topicParameter, operations('include_authorized_operations')],
      responses: v3Responses({ 200: okJson('The topic', 'KafkaTopic', topicExample('test')) }, [
        wrongCluster,
        ...topicErrors,
      ]),
    },
    setPartitionCount: {
      operationId: 'updatePartitionCountKafkaTopic',
      tags,
      summary: 'Add partitions to a topic',
      parameters: [clusterIdParameter, topicParameter],
      requestBody: jsonBody('UpdatePartitionCountRequest', { more: { partitions_count: 10 } }),
      responses: v3Responses({ 200: okJson('The topic as it is then', 'KafkaTopic', topicExample('test')) }, [
        wrongCluster,
        ...topicErrors,
        ...v3BodyErrors,
      ]),
    },
    delete: {
      operationId: 'deleteKafkaTopic',
      tags,
      summary: 'Delete a topic',
      parameters: [clusterIdParameter, topicParameter],
      responses: v3Responses({ 204: noContent('It is deleted') }, [wrongCluster, ...topicErrors]),
    },
  },
  {
    KafkaTopic: entitySchema('KafkaTopic', {
      cluster_id: text,
      topic_name: text,
      is_internal: bool,
      replication_factor: int32,
      partitions_count: int32,
      partitions: related,
      configs: related,
      partition_reassignments: related,
      authorized_operations: {
        type: 'array',
        description: 'Empty unless asked for.',
        items: text,
      },
    }),
    KafkaTopicList: entityListSchema('KafkaTopicList', 'KafkaTopic'),
    CreateKafkaTopicRequest: {
      type: 'object',
      required: ['topic_name'],
      properties: {
        topic_name: { type: 'string', minLength: 1, maxLength: 249, pattern: '^[A-Za-z0-9._-]+$' },
        partitions_count: { ...int32, description: 'The default of the brokers when absent or -1.' },
        replication_factor: { ...int32, description: 'The default of the brokers when absent or -1.' },
        replicas_assignments: {
          description:
            'Ids of brokers by number of partition, the preferred leader first; wins over both counts.',
          oneOf: [
            { type: 'object', additionalProperties: brokerIds },
            {
              type: 'array',
              items: {
                type: 'object',
                required: ['partition_id', 'broker_ids'],
                properties: { partition_id: { ...int32, minimum: 0 }, broker_ids: brokerIds },
              },
            },
          ],
        },
        configs: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: text, value: { type: ['string', 'null'] } },
          },
        },
        validate_only: { ...bool, description: 'Only check, create nothing.' },
      },
    },
    UpdatePartitionCountRequest: {
      type: 'object',
      required: ['partitions_count'],
      properties: { partitions_count: { ...int32, description: 'How many there shall be in all.' } },
    },
  },
);
