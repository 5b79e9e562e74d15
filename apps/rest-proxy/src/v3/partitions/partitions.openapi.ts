import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import { topicErrors } from '../../openapi/responses.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import {
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  int32,
  okJson,
  pageParameters,
  text,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { V3PartitionsController } from './partitions.controller.ts';

const tags: ['Partitions (v3)'] = ['Partitions (v3)'];
const url = `${exampleCluster}/topics/test/partitions/0`;
const head = { cluster_id: exampleClusterId, topic_name: 'test', partition_id: 0 };
const example = {
  kind: 'KafkaPartition',
  metadata: { self: url, resource_name: `${exampleCrn}/topic=test/partition=0` },
  ...head,
  leader: { related: `${url}/replicas/1` },
  replicas: { related: `${url}/replicas` },
  reassignment: { related: `${url}/reassignment` },
};
const fields = { cluster_id: text, topic_name: text, partition_id: int32 };
const offset = { type: 'integer', format: 'int64' } as const;

export const v3PartitionsDoc = controllerDoc(
  V3PartitionsController,
  {
    list: {
      operationId: 'listKafkaPartitions',
      tags,
      summary: 'List the partitions of a topic',
      parameters: [clusterIdParameter, topicParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The partitions', 'KafkaPartitionList', {
            kind: 'KafkaPartitionList',
            metadata: { self: `${exampleCluster}/topics/test/partitions`, next: null },
            data: [example],
          }),
        },
        [wrongCluster, ...topicErrors],
      ),
    },
    get: {
      operationId: 'getKafkaPartition',
      tags,
      summary: 'Get a partition',
      parameters: [clusterIdParameter, topicParameter, partitionParameter],
      responses: v3Responses({ 200: okJson('The partition', 'KafkaPartition', example) }, [
        wrongCluster,
        restErrors.notFound,
        ...topicErrors,
      ]),
    },
    offset: {
      operationId: 'listKafkaPartitionOffsets',
      tags,
      summary: 'Get the first and the next offset of a partition',
      description: 'What is written in a transaction that is still open counts.',
      parameters: [
        clusterIdParameter,
        topicParameter,
        partitionParameter,
        {
          name: 'offset_type',
          in: 'query',
          required: false,
          schema: { type: 'string', enum: ['earliest_and_latest'], default: 'earliest_and_latest' },
        },
      ],
      responses: v3Responses(
        {
          200: okJson('The offsets', 'KafkaPartitionWithOffsets', {
            kind: 'KafkaPartitionWithOffsets',
            metadata: {
              self: `${url}/offset`,
              resource_name: `${exampleCrn}/topic=test/partition=0/offset_type=earliest_and_latest`,
            },
            ...head,
            earliest_offset: 0,
            latest_offset: 13,
          }),
        },
        [
          wrongCluster,
          restErrors.notFound,
          restErrors.partitionNotFound,
          [restErrors.malformed, 'offset_type:latest is invalid'],
          ...topicErrors,
        ],
      ),
    },
  },
  {
    KafkaPartition: entitySchema('KafkaPartition', {
      ...fields,
      leader: { oneOf: [related, { type: 'null' }], description: 'null while the partition has none.' },
      replicas: related,
      reassignment: related,
    }),
    KafkaPartitionList: entityListSchema('KafkaPartitionList', 'KafkaPartition'),
    KafkaPartitionWithOffsets: entitySchema('KafkaPartitionWithOffsets', {
      ...fields,
      earliest_offset: { ...offset, description: 'Of the first record that is still there.' },
      latest_offset: { ...offset, description: 'What the next record gets.' },
    }),
  },
);
