import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import {
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  ok,
  schemaRef,
} from '../../openapi/responses.ts';
import { BrokersController } from './brokers.controller.ts';

export const brokersDoc = controllerDoc(
  BrokersController,
  {
    list: {
      operationId: 'listBrokers',
      tags: ['Brokers (v2)'],
      summary: 'List the ids of the brokers',
      responses: {
        200: ok(
          'Ids in ascending order',
          content([kafkaV2Json], schemaRef('BrokerList'), { brokers: { brokers: [1, 2, 3] } }),
        ),
        ...errorResponses([kafkaV2Json], [...commonErrors, ...kafkaErrors]),
      },
    },
  },
  {
    BrokerList: {
      type: 'object',
      required: ['brokers'],
      properties: { brokers: { type: 'array', items: { type: 'integer', format: 'int32' } } },
    },
  },
);
