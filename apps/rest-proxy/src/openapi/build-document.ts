import type { INestApplication } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, SwaggerModule } from '@nestjs/swagger';
import { controllerDocs } from './controller-docs.ts';
import { headers, info, sharedSchemas, tags } from './document-parts.ts';
import type { ApiDocument, ApiSchema } from './openapi-types.ts';

/**
 * The OpenAPI 3.1 document of what the application serves: the routes as @nestjs/swagger finds them in it, described
 * by the `*.openapi.ts` beside their controllers.
 */
export function buildDocument(app: INestApplication): ApiDocument {
  const schemas: Record<string, ApiSchema> = { ...sharedSchemas };
  const order: string[] = [];
  for (const { controller, operations, schemas: own } of controllerDocs) {
    Object.assign(schemas, own);
    for (const [method, operation] of operations) {
      const decorate = operation === 'hidden' ? ApiExcludeEndpoint() : ApiOperation(operation);
      if (operation !== 'hidden') order.push(operation.operationId);
      const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, method);
      if (descriptor !== undefined) decorate(controller.prototype, method, descriptor);
    }
  }
  const document = SwaggerModule.createDocument(
    app,
    {
      openapi: '3.1.0',
      info,
      // Relative to the document, so that it holds behind any path prefix and host name.
      servers: [{ url: './', description: 'The proxy that this document came from' }],
      tags: [...tags],
      components: { schemas, headers: { ...headers } },
    },
    { autoTagControllers: false },
  );
  return { ...document, paths: sorted(document.paths, order) };
}

/** Paths in the order of their first operation; what is not described comes last. */
function sorted(paths: ApiDocument['paths'], order: readonly string[]): ApiDocument['paths'] {
  const places = new Map(order.map((operationId, place) => [operationId, place]));
  const placeOf = (path: string): number => {
    const { get, post, put, patch, delete: remove } = paths[path] ?? {};
    const ids = [get, post, put, patch, remove].map((operation) => operation?.operationId ?? '');
    return Math.min(...ids.map((id) => places.get(id) ?? order.length));
  };
  const names = Object.keys(paths).sort((a, b) => placeOf(a) - placeOf(b));
  return Object.fromEntries(names.map((name) => [name, paths[name] ?? {}]));
}
