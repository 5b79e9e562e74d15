import { restErrors } from '#libs/errors/rest-errors.ts';
import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { content, noContent, ok, schemaRef } from '../../openapi/responses.ts';
import {
  bodyErrorResponses,
  controlBody,
  illegalSubscription,
  instanceErrorResponses,
  instanceParameters,
} from './consumers-docs.ts';
import { SubscriptionController } from './subscription.controller.ts';

export const subscriptionDoc = controllerDoc(
  SubscriptionController,
  {
    subscribe: {
      operationId: 'subscribe',
      tags: ['Consumers (v2)'],
      summary: 'Subscribe to topics, or to a pattern of topics',
      description: 'Replaces the subscription and joins the group. `topics` goes before `topic_pattern`.',
      parameters: instanceParameters,
      requestBody: controlBody('SubscribeRequest', true, {
        topics: { topics: ['test'] },
        pattern: { topic_pattern: 'test-.*' },
      }),
      responses: {
        204: noContent('Subscribed'),
        ...bodyErrorResponses(illegalSubscription, [
          restErrors.unprocessable,
          'topic_pattern is not a regular expression',
        ]),
      },
    },
    get: {
      operationId: 'getSubscription',
      tags: ['Consumers (v2)'],
      summary: 'Get the topics subscribed to',
      description: 'With a pattern: those that match.',
      parameters: instanceParameters,
      responses: {
        200: ok(
          'The topics',
          content([kafkaV2Json], schemaRef('Subscription'), { subscription: { topics: ['test'] } }),
        ),
        ...instanceErrorResponses(),
      },
    },
    unsubscribe: {
      operationId: 'unsubscribe',
      tags: ['Consumers (v2)'],
      summary: 'Drop the subscription, and any assignment',
      parameters: instanceParameters,
      responses: { 204: noContent('Unsubscribed'), ...instanceErrorResponses() },
    },
  },
  {
    SubscribeRequest: {
      type: 'object',
      properties: {
        topics: { type: ['array', 'null'], items: { type: 'string', pattern: '\\S' } },
        topic_pattern: { type: ['string', 'null'], description: 'A regular expression of whole names.' },
      },
      additionalProperties: false,
    },
    Subscription: {
      type: 'object',
      required: ['topics'],
      properties: { topics: { type: 'array', items: { type: 'string' } } },
    },
  },
);
