import { json } from '../http/media-types.ts';
import { controllerDoc } from '../openapi/controller-doc.ts';
import type { ApiResponses, OperationDoc } from '../openapi/openapi-types.ts';
import { commonErrors, content, errorResponses, ok, schemaRef } from '../openapi/responses.ts';
import { HealthController } from './health.controller.ts';

const healthy = { status: 'ok', info: {}, error: {}, details: {} };
const kafkaDown = { kafka: { status: 'down', message: 'no answer for 61000 ms' } };

function probe(operationId: string, summary: string, responses: ApiResponses): OperationDoc {
  return {
    operationId,
    tags: ['Service'],
    summary,
    responses: { ...errorResponses([json], commonErrors), ...responses },
  };
}

const alive = ok('It is', content([json], schemaRef('Health'), { healthy }));

export const healthDoc = controllerDoc(
  HealthController,
  {
    live: probe('getLiveness', 'Ask whether the process is alive', { 200: alive }),
    ready: probe('getReadiness', 'Ask whether the proxy can serve', {
      200: ok(
        'It can',
        content([json], schemaRef('Health'), {
          ready: {
            ...healthy,
            details: {
              server: { status: 'up', requestsInFlight: 0, bytesInFlight: 0 },
              kafka: { status: 'up', metadataAgeMs: 4031, brokers: 3 },
              replicas: { status: 'up', others: 2 },
            },
          },
        }),
      ),
      503: ok(
        'It cannot: Kafka has not answered lately, or the proxy is shutting down',
        content([json], schemaRef('Health'), {
          'kafka is away': { status: 'error', info: {}, error: kafkaDown, details: kafkaDown },
        }),
      ),
    }),
    startup: probe('getStartup', 'Ask whether the proxy has started', { 200: alive }),
  },
  {
    Health: {
      type: 'object',
      required: ['status', 'details'],
      properties: {
        status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
        info: { type: 'object', description: 'What is up.' },
        error: { type: 'object', description: 'What is down.' },
        details: { type: 'object', description: 'Both.' },
      },
    },
  },
);
