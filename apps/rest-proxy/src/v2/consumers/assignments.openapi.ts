import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { content, noContent, ok, schemaRef } from '../../openapi/responses.ts';
import { AssignmentsController } from './assignments.controller.ts';
import {
  bodyErrorResponses,
  controlBody,
  illegalSubscription,
  instanceErrorResponses,
  instanceParameters,
} from './consumers-docs.ts';

const example = { partitions: [{ topic: 'test', partition: 0 }] };

export const assignmentsDoc = controllerDoc(
  AssignmentsController,
  {
    assign: {
      operationId: 'assignPartitions',
      tags: ['Consumers (v2)'],
      summary: 'Assign partitions by hand',
      description: 'Replaces the assignment. Not together with a subscription.',
      parameters: instanceParameters,
      requestBody: controlBody('TopicPartitions', true, { 'one partition': example }),
      responses: { 204: noContent('Assigned'), ...bodyErrorResponses(illegalSubscription) },
    },
    get: {
      operationId: 'getAssignments',
      tags: ['Consumers (v2)'],
      summary: 'Get the partitions assigned by hand or by the group',
      parameters: instanceParameters,
      responses: {
        200: ok(
          'The partitions',
          content([kafkaV2Json], schemaRef('TopicPartitions'), { assigned: example }),
        ),
        ...instanceErrorResponses(),
      },
    },
  },
  {
    TopicPartitions: {
      type: 'object',
      required: ['partitions'],
      properties: { partitions: { type: 'array', items: schemaRef('TopicPartition') } },
      additionalProperties: false,
    },
    TopicPartition: {
      type: 'object',
      required: ['topic', 'partition'],
      properties: {
        topic: { type: 'string', pattern: '\\S' },
        partition: { type: 'integer', format: 'int32', minimum: 0 },
      },
      additionalProperties: false,
    },
  },
);
