import { controllerDoc } from '../../openapi/controller-doc.ts';
import type { OperationDoc } from '../../openapi/openapi-types.ts';
import { noContent, schemaRef } from '../../openapi/responses.ts';
import {
  bodyErrorResponses,
  controlBody,
  groupErrors,
  instanceParameters,
  notAssigned,
} from './consumers-docs.ts';
import { PositionsController } from './positions.controller.ts';

function toEdge(operationId: string, summary: string): OperationDoc {
  return {
    operationId,
    tags: ['Consumers (v2)'],
    summary,
    description: 'No partitions are all that are assigned.',
    parameters: instanceParameters,
    requestBody: controlBody('TopicPartitions', true, {
      'all partitions': { partitions: [] },
      'one partition': { partitions: [{ topic: 'test', partition: 0 }] },
    }),
    responses: { 204: noContent('The next read begins there'), ...bodyErrorResponses(notAssigned) },
  };
}

export const positionsDoc = controllerDoc(
  PositionsController,
  {
    toOffsets: {
      operationId: 'seekToOffsets',
      tags: ['Consumers (v2)'],
      summary: 'Read on from offsets or points in time',
      description: 'What was fetched and not delivered yet is dropped.',
      parameters: instanceParameters,
      requestBody: controlBody('SeekRequest', true, {
        'an offset': { offsets: [{ topic: 'test', partition: 0, offset: 0 }] },
        'a point in time': {
          timestamps: [{ topic: 'test', partition: 0, timestamp: '2026-01-31T12:00:00Z' }],
        },
      }),
      responses: {
        204: noContent('The next read begins there'),
        ...bodyErrorResponses(notAssigned, ...groupErrors),
      },
    },
    toBeginning: toEdge('seekToBeginning', 'Read on from the first record'),
    toEnd: toEdge('seekToEnd', 'Read on after the last record'),
  },
  {
    SeekRequest: {
      type: 'object',
      properties: {
        offsets: { type: ['array', 'null'], items: schemaRef('SeekOffset') },
        timestamps: { type: ['array', 'null'], items: schemaRef('SeekTimestamp') },
      },
      additionalProperties: false,
    },
    SeekOffset: {
      type: 'object',
      required: ['topic'],
      properties: {
        topic: { type: 'string', pattern: '\\S' },
        partition: { type: 'integer', format: 'int32', minimum: 0, description: '0 when absent.' },
        offset: { type: 'integer', format: 'int64', minimum: 0, description: '0 when absent.' },
        metadata: { type: ['string', 'null'], description: 'Without meaning.' },
      },
      additionalProperties: false,
    },
    SeekTimestamp: {
      type: 'object',
      required: ['topic', 'timestamp'],
      properties: {
        topic: { type: 'string', pattern: '\\S' },
        partition: { type: 'integer', format: 'int32', minimum: 0, description: '0 when absent.' },
        timestamp: {
          type: ['string', 'number'],
          description: 'ISO 8601 with a zone, or seconds since the epoch.',
        },
        metadata: { type: ['string', 'null'], description: 'Without meaning.' },
      },
      additionalProperties: false,
    },
  },
);
