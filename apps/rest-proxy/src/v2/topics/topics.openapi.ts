import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { topicParameter } from '../../openapi/parameters.ts';
import {
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  ok,
  schemaRef,
  topicErrors,
} from '../../openapi/responses.ts';
import { partitionExample } from '../partitions/partitions.openapi.ts';
import { TopicsController } from './topics.controller.ts';

export const topicsDoc = controllerDoc(
  TopicsController,
  {
    list: {
      operationId: 'listTopics',
      tags: ['Topics (v2)'],
      summary: 'List the names of topics',
      description: 'Internal topics are left out; they can be asked for by name.',
      responses: {
        200: ok(
          'Names, sorted',
          content(
            [kafkaV2Json],
            { type: 'array', items: { type: 'string' } },
            { topics: ['test', 'test-2'] },
          ),
        ),
        ...errorResponses([kafkaV2Json], [...commonErrors, ...kafkaErrors]),
      },
    },
    get: {
      operationId: 'getTopic',
      tags: ['Topics (v2)'],
      summary: 'Get a topic with its configuration and partitions',
      parameters: [topicParameter],
      responses: {
        200: ok(
          'The topic',
          content([kafkaV2Json], schemaRef('Topic'), {
            topic: {
              name: 'test',
              configs: { 'cleanup.policy': 'delete', 'retention.ms': '604800000' },
              partitions: [partitionExample],
            },
          }),
        ),
        ...errorResponses([kafkaV2Json], [...commonErrors, ...topicErrors, ...kafkaErrors]),
      },
    },
  },
  {
    Topic: {
      type: 'object',
      required: ['name', 'configs', 'partitions'],
      properties: {
        name: { type: 'string' },
        configs: {
          type: 'object',
          description:
            'All configuration of the topic, defaults included; null where the value is sensitive.',
          additionalProperties: { type: ['string', 'null'] },
        },
        partitions: { type: 'array', items: schemaRef('Partition') },
      },
    },
  },
);
