import { json } from '../http/media-types.ts';
import { controllerDoc } from './controller-doc.ts';
import { OpenApiController } from './openapi.controller.ts';
import { commonErrors, content, errorResponses, ok } from './responses.ts';

export const openApiDoc = controllerDoc(OpenApiController, {
  json: {
    operationId: 'getOpenApiJson',
    tags: ['Service'],
    summary: 'This document as JSON',
    responses: {
      200: ok('The OpenAPI document', content([json], { type: 'object' })),
      ...errorResponses([json], commonErrors),
    },
  },
  yaml: {
    operationId: 'getOpenApiYaml',
    tags: ['Service'],
    summary: 'This document as YAML',
    responses: {
      200: ok('The OpenAPI document', content(['application/yaml'], { type: 'object' })),
      ...errorResponses([json], commonErrors),
    },
  },
  page: 'hidden',
  file: 'hidden',
});
