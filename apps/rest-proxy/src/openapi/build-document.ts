import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import type { Documented } from './controller-doc.ts';
import { controllerDocs } from './controller-docs.ts';
import { headers, info, sharedSchemas, tags } from './document-parts.ts';
import type { ApiDocument, ApiSchema, PathItem } from './openapi-types.ts';

/**
 * The OpenAPI 3.1 document of what the application serves: the routes as @nestjs/swagger finds them in it, described
 * by the `*.openapi.ts` beside their controllers.
 */
export function buildDocument(app: INestApplication): ApiDocument {
  const documented = new Map<string, Documented>();
  const schemas: Record<string, ApiSchema> = { ...sharedSchemas };
  for (const { controller, operations, schemas: own } of controllerDocs) {
    Object.assign(schemas, own);
    for (const [method, operation] of operations) documented.set(`${controller.name}.${method}`, operation);
  }
  const scanned = SwaggerModule.createDocument(
    app,
    { openapi: '3.1.0', info },
    { autoTagControllers: false, operationIdFactory: (controller, method) => `${controller}.${method}` },
  );
  const paths = described(scanned.paths, documented);
  const used = new Set(operationsOf(paths).flatMap((operation) => operation.tags ?? []));
  return {
    openapi: scanned.openapi,
    info,
    // Relative to the document, so that it holds behind any path prefix and host name.
    servers: [{ url: './', description: 'The proxy that this document came from' }],
    tags: tags.filter(({ name }) => used.has(name)),
    paths,
    components: { schemas, headers: { ...headers } },
  };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Paths and their methods in the order of what is said of them; a route that nothing is said of comes last, as found. */
function described(
  paths: ApiDocument['paths'],
  documented: ReadonlyMap<string, Documented>,
): ApiDocument['paths'] {
  const places = new Map([...documented.keys()].map((key, place) => [key, place]));
  const routes = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const found = item[method];
      if (found === undefined) return [];
      const key = found.operationId ?? '';
      const operation = documented.get(key);
      if (operation === 'hidden') return [];
      return [{ path, method, operation: operation ?? found, place: places.get(key) ?? places.size }];
    }),
  );
  routes.sort((a, b) => a.place - b.place);
  const items: Record<string, PathItem> = {};
  for (const { path, method, operation } of routes) {
    items[path] = { ...items[path], [method]: { ...operation } };
  }
  return items;
}

function operationsOf(paths: ApiDocument['paths']): readonly NonNullable<PathItem['get']>[] {
  const items = Object.values(paths);
  return items
    .flatMap((item) => methods.map((method) => item[method]))
    .filter((found) => found !== undefined);
}
