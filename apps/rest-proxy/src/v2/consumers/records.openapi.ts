import { restErrors } from '#libs/errors/rest-errors.ts';
import {
  avroV2Json,
  binaryV2Json,
  jsonSchemaV2Json,
  jsonV2Json,
  kafkaV2Json,
  protobufV2Json,
} from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import type { ApiSchema } from '../../openapi/openapi-types.ts';
import { content, ok, schemaRef } from '../../openapi/responses.ts';
import { groupErrors, instanceParameters, readErrorResponses } from './consumers-docs.ts';
import { RecordsController } from './records.controller.ts';

const binary = { topic: 'test', key: 'YWxpY2U=', value: 'aGVsbG8=', partition: 0, offset: 5 };

const schemaId: ApiSchema = {
  type: ['integer', 'null'],
  format: 'int32',
  description:
    'Only where `records.schema.ids.enable` is set, and of Avro, JSON Schema and Protobuf. Null for null data.',
};

export const recordsDoc = controllerDoc(
  RecordsController,
  {
    read: {
      operationId: 'readRecords',
      tags: ['Consumers (v2)'],
      summary: 'Read records',
      description:
        'Answers as soon as there are records, or with none when the time is over. The first read waits for the partitions that the group assigns. Records that the client did not get whole are delivered again. A record that cannot be decoded is named by 40801 until `positions` goes past it. Reads of one instance take turns. `Accept` names the format that the instance was created with.',
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
          ...content([avroV2Json, protobufV2Json, jsonSchemaV2Json], records('JsonRecord'), {
            records: [{ topic: 'test', key: null, value: { name: 'John' }, partition: 0, offset: 6 }],
          }),
          ...content([binaryV2Json, kafkaV2Json], records('BinaryRecord'), { records: [binary] }),
        }),
        ...readErrorResponses(
          restErrors.notFound,
          restErrors.formatMismatch,
          [restErrors.invalidKafkaRequest, 'Invalid topics: [bad name]'],
          [
            restErrors.serialization,
            'Error deserializing value at test-0 offset 5: Unrecognized token (line 1, column 1)',
          ],
          [restErrors.illegalState, 'Consumer is not subscribed to any topics or assigned any partitions'],
          [restErrors.tooManyReads, 'More than 100 reads wait for this consumer instance.'],
          ...groupErrors,
        ),
      },
    },
  },
  {
    JsonRecord: record({ description: 'JSON as it was written, or what the schema makes of the bytes.' }),
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
      key_schema_id: schemaId,
      value_schema_id: schemaId,
      headers: {
        type: 'array',
        items: schemaRef('ProduceHeader'),
        description: 'Only where `records.headers.enable` is set.',
      },
    },
  };
}
