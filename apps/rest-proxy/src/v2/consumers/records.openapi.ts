import { restErrors } from '#libs/errors/rest-errors.ts';
import { binaryV2Json, jsonV2Json, kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import type { ApiSchema } from '../../openapi/openapi-types.ts';
import { content, ok, schemaRef } from '../../openapi/responses.ts';
import { groupErrors, instanceParameters, readErrorResponses } from './consumers-docs.ts';
import { RecordsController } from './records.controller.ts';

const binary = { topic: 'test', key: 'YWxpY2U=', value: 'aGVsbG8=', partition: 0, offset: 5 };

export const recordsDoc = controllerDoc(
  RecordsController,
  {
    read: {
      operationId: 'readRecords',
      tags: ['Consumers (v2)'],
      summary: 'Read records',
      description:
        'Answers as soon as there are records, or with none when the time is over. `Accept` names the format that the instance was created with.',
      parameters: [
        ...instanceParameters,
        {
          name: 'timeout',
          in: 'query',
          description: 'Longest wait in ms, at most `consumer.request.timeout.ms` of the instance.',
          schema: { type: 'integer', format: 'int64' },
        },
        {
          name: 'max_bytes',
          in: 'query',
          description:
            'Most bytes of keys and values, at most `consumer.request.max.bytes`. At least one record is delivered.',
          schema: { type: 'integer', format: 'int64' },
        },
      ],
      responses: {
        200: ok('The records', {
          ...content([jsonV2Json], records('JsonRecord'), {
            records: [{ topic: 'test', key: 'alice', value: { greeting: 'hello' }, partition: 0, offset: 5 }],
            'none in time': [],
          }),
          ...content([binaryV2Json, kafkaV2Json], records('BinaryRecord'), { records: [binary] }),
        }),
        ...readErrorResponses(
          restErrors.notFound,
          restErrors.formatMismatch,
          [restErrors.serialization, 'Record 5 of test-0 is not JSON'],
          [restErrors.unprocessable, 'The consumer instance is not subscribed to any topics'],
          [restErrors.tooManyReads, 'Too many reads wait for this consumer instance'],
          ...groupErrors,
        ),
      },
    },
  },
  {
    JsonRecord: record({ description: 'JSON as it was written.' }),
    BinaryRecord: record({ type: ['string', 'null'], description: 'Base64.' }),
  },
);

function records(schema: string): ApiSchema {
  return { type: 'array', items: schemaRef(schema) };
}

function record(data: ApiSchema): ApiSchema {
  return {
    type: 'object',
    required: ['topic', 'key', 'value', 'partition', 'offset'],
    properties: {
      topic: { type: 'string' },
      key: data,
      value: data,
      partition: { type: 'integer', format: 'int32' },
      offset: { type: 'integer', format: 'int64' },
      timestamp: {
        type: 'integer',
        format: 'int64',
        description: 'Milliseconds since the epoch. Only where `records.timestamps.enable` is set.',
      },
      headers: {
        type: 'array',
        items: schemaRef('ProduceHeader'),
        description: 'Only where `records.headers.enable` is set.',
      },
    },
  };
}
