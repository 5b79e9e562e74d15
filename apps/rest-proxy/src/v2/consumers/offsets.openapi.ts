import { restErrors } from '#libs/errors/rest-errors.ts';
import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { content, ok, schemaRef } from '../../openapi/responses.ts';
import { bodyErrorResponses, controlBody, groupErrors, instanceParameters } from './consumers-docs.ts';
import { OffsetsController } from './offsets.controller.ts';

export const offsetsDoc = controllerDoc(
  OffsetsController,
  {
    commit: {
      operationId: 'commitOffsets',
      tags: ['Consumers (v2)'],
      summary: 'Commit offsets',
      description:
        'Without a body: of everything that was delivered. With one: each `offset` is that of the last record that is done with; the one after it is committed. Answers when Kafka has.',
      parameters: instanceParameters,
      requestBody: controlBody('CommitRequest', false, {
        'what was delivered': null,
        'one offset': { offsets: [{ topic: 'test', partition: 0, offset: 5 }] },
      }),
      responses: {
        200: ok(
          'Committed',
          content([kafkaV2Json], { type: 'array', maxItems: 0, items: {} }, { committed: [] }),
        ),
        ...bodyErrorResponses(
          [restErrors.unknownTopicOrPartition, 'This server does not host this topic-partition.'],
          ...groupErrors,
        ),
      },
    },
    committed: {
      operationId: 'getCommittedOffsets',
      tags: ['Consumers (v2)'],
      summary: 'Get committed offsets',
      description:
        'Partitions without one are left out. The partitions are those of the query, or of a JSON body `{"partitions":[{"topic":"test","partition":0}]}` as other proxies take it, for clients that can send one with GET.',
      parameters: [
        ...instanceParameters,
        {
          name: 'partitions',
          in: 'query',
          description: 'Partitions as `topic:partition`, separated by commas.',
          schema: { type: 'array', items: { type: 'string', pattern: '^.+:[0-9]{1,10}$' } },
          style: 'form',
          explode: false,
          example: ['test:0'],
        },
      ],
      responses: {
        200: ok(
          'The offsets: of the next record to read, each',
          content([kafkaV2Json], schemaRef('CommittedOffsets'), {
            committed: { offsets: [{ topic: 'test', partition: 0, offset: 6, metadata: '' }] },
          }),
        ),
        ...bodyErrorResponses(restErrors.partitionNotFound, ...groupErrors),
      },
    },
  },
  {
    CommitRequest: {
      type: ['object', 'null'],
      required: ['offsets'],
      properties: { offsets: { type: 'array', items: schemaRef('OffsetToCommit') } },
      additionalProperties: false,
    },
    OffsetToCommit: {
      type: 'object',
      required: ['topic', 'partition', 'offset'],
      properties: {
        topic: { type: 'string', pattern: '\\S' },
        partition: { type: 'integer', format: 'int32', minimum: 0 },
        offset: {
          type: 'integer',
          format: 'int64',
          minimum: 0,
          description: 'Of the last record that is done with.',
        },
        metadata: { type: ['string', 'null'] },
      },
      additionalProperties: false,
    },
    CommittedOffsets: {
      type: 'object',
      required: ['offsets'],
      properties: { offsets: { type: 'array', items: schemaRef('CommittedOffset') } },
    },
    CommittedOffset: {
      type: 'object',
      required: ['topic', 'partition', 'offset', 'metadata'],
      properties: {
        topic: { type: 'string' },
        partition: { type: 'integer', format: 'int32' },
        offset: { type: 'integer', format: 'int64', description: 'Of the next record to read.' },
        metadata: { type: 'string' },
      },
    },
  },
);
