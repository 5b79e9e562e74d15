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

/** Paths in the order of what is said of them; a route that nothing is said of stays as it was found, at the end. */
function described(
  paths: ApiDocument['paths'],
  documented: ReadonlyMap<string, Documented>,
): ApiDocument['paths'] {
  const places = new Map([...documented.keys()].map((key, place) => [key, place]));
  const found: { readonly path: string; readonly item: PathItem; readonly place: number }[] = [];
  for (const [path, routes] of Object.entries(paths)) {
    const item: PathItem = {};
    let place = places.size;
    for (const method of methods) {
      const route = routes[method];
      if (route === undefined) continue;
      const key = route.operationId ?? '';
      const operation = documented.get(key);
      if (operation === 'hidden') continue;
      item[method] = operation === undefined ? route : { ...operation };
      place = Math.min(place, places.get(key) ?? place);
    }
    if (Object.keys(item).length > 0) found.push({ path, item, place });
  }
  found.sort((a, b) => a.place - b.place);
  return Object.fromEntries(found.map(({ path, item }) => [path, item]));
}

function operationsOf(paths: ApiDocument['paths']): readonly NonNullable<PathItem['get']>[] {
  const items = Object.values(paths);
  return items
    .flatMap((item) => methods.map((method) => item[method]))
    .filter((found) => found !== undefined);
}
