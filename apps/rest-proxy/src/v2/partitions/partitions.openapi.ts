import { restErrors } from '#libs/errors/rest-errors.ts';
import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import {
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  ok,
  schemaRef,
  topicErrors,
} from '../../openapi/responses.ts';
import { PartitionsController } from './partitions.controller.ts';

export const partitionExample = {
  partition: 0,
  leader: 1,
  replicas: [
    { broker: 1, leader: true, in_sync: true },
    { broker: 2, leader: false, in_sync: true },
  ],
};

const partitionErrors = errorResponses(
  [kafkaV2Json],
  [...commonErrors, restErrors.notFound, restErrors.partitionNotFound, ...topicErrors, ...kafkaErrors],
);

export const partitionsDoc = controllerDoc(
  PartitionsController,
  {
    list: {
      operationId: 'listPartitions',
      tags: ['Partitions (v2)'],
      summary: 'List the partitions of a topic',
      parameters: [topicParameter],
      responses: {
        200: ok(
          'Partitions in ascending order',
          content(
            [kafkaV2Json],
            { type: 'array', items: schemaRef('Partition') },
            { partitions: [partitionExample] },
          ),
        ),
        ...errorResponses([kafkaV2Json], [...commonErrors, ...topicErrors, ...kafkaErrors]),
      },
    },
    get: {
      operationId: 'getPartition',
      tags: ['Partitions (v2)'],
      summary: 'Get a partition',
      parameters: [topicParameter, partitionParameter],
      responses: {
        200: ok(
          'The partition',
          content([kafkaV2Json], schemaRef('Partition'), { partition: partitionExample }),
        ),
        ...partitionErrors,
      },
    },
    offsets: {
      operationId: 'getPartitionOffsets',
      tags: ['Partitions (v2)'],
      summary: 'Get the first and the next offset of a partition',
      description: 'Records of transactions that are not committed yet count.',
      parameters: [topicParameter, partitionParameter],
      responses: {
        200: ok(
          'The offsets',
          content([kafkaV2Json], schemaRef('PartitionOffsets'), {
            offsets: { beginning_offset: 0, end_offset: 12 },
          }),
        ),
        ...partitionErrors,
      },
    },
  },
  {
    Partition: {
      type: 'object',
      required: ['partition', 'leader', 'replicas'],
      properties: {
        partition: { type: 'integer', format: 'int32' },
        leader: {
          type: 'integer',
          format: 'int32',
          description: 'Id of the broker that leads; -1 while there is none.',
        },
        replicas: { type: 'array', items: schemaRef('PartitionReplica') },
      },
    },
    PartitionReplica: {
      type: 'object',
      required: ['broker', 'leader', 'in_sync'],
      properties: {
        broker: { type: 'integer', format: 'int32' },
        leader: { type: 'boolean' },
        in_sync: { type: 'boolean' },
      },
    },
    PartitionOffsets: {
      type: 'object',
      required: ['beginning_offset', 'end_offset'],
      properties: {
        beginning_offset: {
          type: 'integer',
          format: 'int64',
          description: 'Of the first record that is still there.',
        },
        end_offset: { type: 'integer', format: 'int64', description: 'Of the next record.' },
      },
    },
  },
);
