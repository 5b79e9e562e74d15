import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { noContent, topicErrors, type DocumentedError } from '../../openapi/responses.ts';
import { entityListSchema, entitySchema } from '../entity.openapi.ts';
import {
  bool,
  exampleClusterId,
  exampleCrn,
  int32,
  jsonBody,
  okJson,
  text,
  v3BodyErrors,
  v3Responses,
} from '../v3.openapi.ts';
import { GroupChangesController } from './group-changes.controller.ts';
import { exampleGroupUrl, groupParameter, wrongClusterOfGroups } from './groups.openapi.ts';

const tags: ['Consumer groups (v3)'] = ['Consumer groups (v3)'];
const notEmpty: DocumentedError = [restErrors.groupNotEmpty, 'The group is not empty.'];
const int64 = { type: 'integer', format: 'int64' } as const;
const there = { topic_name: 'test', partition_id: 0 };

export const groupChangesDoc = controllerDoc(
  GroupChangesController,
  {
    delete: {
      operationId: 'deleteKafkaConsumerGroup',
      tags,
      summary: 'Extension: delete a consumer group',
      description: 'The group and its offsets. It must not have members.',
      parameters: [clusterIdParameter, groupParameter],
      responses: v3Responses({ 204: noContent('It is deleted') }, [
        wrongClusterOfGroups,
        restErrors.notFound,
        notEmpty,
      ]),
    },
    alterOffsets: {
      operationId: 'alterKafkaConsumerGroupOffsets',
      tags,
      summary: 'Extension: set where a consumer group reads on',
      description:
        'The group must not have members. What is outside of a partition becomes its beginning or its end.',
      parameters: [clusterIdParameter, groupParameter],
      requestBody: jsonBody('AlterKafkaConsumerGroupOffsetsRequest', {
        'only show': { data: [{ ...there, shift_by: -10 }], validate_only: true },
        'from the beginning': { data: [{ topic_name: 'test', position: 'EARLIEST' }] },
        'from a time': { data: [{ ...there, timestamp_ms: 1_767_225_600_000 }] },
        'from an offset': { data: [{ ...there, offset: 42 }] },
      }),
      responses: v3Responses(
        {
          200: okJson('Where the group was, and where it reads on', 'KafkaConsumerGroupOffsetList', {
            kind: 'KafkaConsumerGroupOffsetList',
            metadata: { self: `${exampleGroupUrl}/lags`, next: null },
            data: [
              {
                kind: 'KafkaConsumerGroupOffset',
                metadata: {
                  self: `${exampleGroupUrl}/lags/test/partitions/0`,
                  resource_name: `${exampleCrn}/consumer-group=my-group/lag=test/partition=0`,
                },
                cluster_id: exampleClusterId,
                consumer_group_id: 'my-group',
                topic_name: 'test',
                partition_id: 0,
                previous_offset: 52,
                current_offset: 42,
              },
            ],
          }),
        },
        [wrongClusterOfGroups, notEmpty, ...topicErrors, ...v3BodyErrors],
      ),
    },
  },
  {
    KafkaConsumerGroupOffset: entitySchema('KafkaConsumerGroupOffset', {
      cluster_id: text,
      consumer_group_id: text,
      topic_name: text,
      partition_id: int32,
      previous_offset: { type: ['integer', 'null'], format: 'int64' },
      current_offset: int64,
    }),
    KafkaConsumerGroupOffsetList: entityListSchema(
      'KafkaConsumerGroupOffsetList',
      'KafkaConsumerGroupOffset',
    ),
    AlterKafkaConsumerGroupOffsetsRequest: {
      type: 'object',
      required: ['data'],
      properties: {
        data: {
          type: 'array',
          maxItems: 10_000,
          items: {
            type: 'object',
            required: ['topic_name'],
            description: 'Exactly one of `offset`, `position`, `timestamp_ms` and `shift_by`.',
            properties: {
              topic_name: text,
              partition_id: { ...int32, description: 'All partitions of the topic when absent.' },
              offset: { ...int64, description: 'The next to be read.' },
              position: { type: 'string', enum: ['EARLIEST', 'LATEST'] },
              timestamp_ms: { ...int64, description: 'The first record at or after it, else the end.' },
              shift_by: { ...int64, description: 'So many records from where the group is.' },
            },
          },
        },
        validate_only: { ...bool, description: 'Only say what would be set, change nothing.' },
      },
    },
  },
);
