import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { noContent, topicErrors } from '../../openapi/responses.ts';
import {
  bool,
  int32,
  jsonBody,
  okJson,
  text,
  v3BodyErrors,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { ReassignmentChangesController } from './reassignment-changes.controller.ts';

const there = { topic_name: 'test', partition_id: 0 };

export const reassignmentChangesDoc = controllerDoc(
  ReassignmentChangesController,
  {
    alter: {
      operationId: 'alterKafkaReassignments',
      tags: ['Partitions (v3)'],
      summary: 'Extension: move partitions to other brokers, or end that',
      description:
        'Kafka copies the records in the background; see the reassignments for what is under way. A new move of a partition takes the place of the one before. Nothing is changed when a topic, partition or broker does not exist. Else each partition is on its own: those that Kafka refuses are in the answer, the others move.',
      parameters: [clusterIdParameter],
      requestBody: jsonBody('AlterReassignmentsRequest', {
        'only check': { data: [{ ...there, replicas: [1] }], validate_only: true },
        move: { data: [{ ...there, replicas: [1] }] },
        'end a move': { data: [{ ...there, replicas: null }] },
      }),
      responses: v3Responses(
        {
          204: noContent('Kafka has begun'),
          207: okJson('Some partitions were refused', 'AlterReassignmentsFailures', {
            failures: [{ ...there, error_code: 40002, message: 'No partition reassignment is in progress.' }],
          }),
        },
        [wrongCluster, ...topicErrors, ...v3BodyErrors],
      ),
    },
  },
  {
    AlterReassignmentsRequest: {
      type: 'object',
      required: ['data'],
      properties: {
        data: {
          type: 'array',
          maxItems: 10_000,
          items: {
            type: 'object',
            required: ['topic_name', 'partition_id', 'replicas'],
            properties: {
              topic_name: text,
              partition_id: int32,
              replicas: {
                type: ['array', 'null'],
                items: int32,
                minItems: 1,
                description:
                  'Ids of the brokers that are to have it, the preferred leader first. null ends a move that is under way.',
              },
            },
          },
        },
        validate_only: { ...bool, description: 'Only check, change nothing.' },
      },
    },
    AlterReassignmentsFailures: {
      type: 'object',
      required: ['failures'],
      properties: {
        failures: {
          type: 'array',
          items: {
            type: 'object',
            required: ['topic_name', 'partition_id', 'error_code', 'message'],
            properties: { topic_name: text, partition_id: int32, error_code: int32, message: text },
          },
        },
      },
    },
  },
);
