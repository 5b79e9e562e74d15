import { createRequire } from 'node:module';
import type { SchemaRegistryAPIClient } from '@kafkajs/confluent-schema-registry/dist/api/index.js';
import type { Middleware } from 'mappersmith' with { 'resolution-mode': 'require' };
import type { RegistryHttp } from './registry-http.ts';

// Both are CommonJS to each other, and mappersmith has a second copy of itself for whoever imports it.
const require = createRequire(import.meta.url);
const registryClient: typeof import('@kafkajs/confluent-schema-registry/dist/api/index.js') = require('@kafkajs/confluent-schema-registry/dist/api/index.js');
const {
  Response,
}: typeof import('mappersmith', { with: { 'resolution-mode': 'require' } }) = require('mappersmith');

/**
 * The endpoints of Confluent's API as the registry package knows them, over a transport of ours.
 *
 * The transport is the innermost middleware: it answers in the place of the package's own HTTP, which knows one URL and
 * waits for ever for the rest of an answer that breaks off. It never throws: the package would lose the error.
 */
export function registryApi(http: RegistryHttp): SchemaRegistryAPIClient {
  const transport: Middleware = () => ({
    async response(_next, _renew, request) {
      const body: unknown = request.body();
      try {
        const answer = await http.send({
          method: request.method() === 'post' ? 'POST' : 'GET',
          path: request.path(),
          body: typeof body === 'string' ? body : undefined,
        });
        return new Response(request, answer.status, answer.body);
      } catch (error) {
        return new Response(request, 0, '', {}, [error instanceof Error ? error : String(error)]);
      }
    },
  });
  return registryClient.default({ host: 'http://registry', retry: { retries: 0 }, middlewares: [transport] });
}
