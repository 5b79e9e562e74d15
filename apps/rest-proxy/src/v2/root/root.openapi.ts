import { restErrors } from '#libs/errors/rest-errors.ts';
import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { bodyErrors, commonErrors, content, errorResponses, ok } from '../../openapi/responses.ts';
import { RootController } from './root.controller.ts';

const answer = ok('There is a proxy', content([kafkaV2Json], { type: 'object' }, { root: {} }));

export const rootDoc = controllerDoc(RootController, {
  get: {
    operationId: 'getRoot',
    tags: ['Service'],
    summary: 'Ask whether there is a proxy',
    responses: { 200: answer, ...errorResponses([kafkaV2Json], commonErrors) },
  },
  post: {
    operationId: 'postRoot',
    tags: ['Service'],
    summary: 'Ask whether there is a proxy, with a body',
    requestBody: {
      content: content(
        [kafkaV2Json],
        { type: 'object', additionalProperties: { type: ['string', 'null'] } },
        { root: {} },
      ),
    },
    responses: {
      200: answer,
      ...errorResponses(
        [kafkaV2Json],
        [...commonErrors, ...bodyErrors, [restErrors.unprocessable, 'the body is not an object of strings']],
      ),
    },
  },
});
