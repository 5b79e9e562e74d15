import { json } from '../http/media-types.ts';
import type { ControllerDoc, Documented } from './controller-doc.ts';
import { commonErrors, content, errorResponses, ok } from './responses.ts';

const operations: Readonly<Record<string, Documented>> = {
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
};

/** By name: the controller itself leads back here, through the document that it serves. */
export const openApiDoc: ControllerDoc = {
  controller: { name: 'OpenApiController' },
  operations: new Map(Object.entries(operations)),
  schemas: {},
};
