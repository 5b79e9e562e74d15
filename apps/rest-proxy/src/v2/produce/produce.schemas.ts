import type { ApiSchema } from '../../openapi/openapi-types.ts';
import { schemaRef } from '../../openapi/responses.ts';

const data: ApiSchema = {
  description:
    'JSON: any value. Binary: a string of base64. Schema formats: what the schema takes. `null` or absent: null.',
};

/** Bodies of produce in the OpenAPI document. */
export const produceSchemas: Readonly<Record<string, ApiSchema>> = {
  ProduceRequest: {
    type: 'object',
    required: ['records'],
    additionalProperties: false,
    properties: {
      records: { type: 'array', minItems: 1, items: schemaRef('ProduceRecord') },
      key_schema: {
        type: 'string',
        description: 'Text of the schema of the keys. Without meaning for binary and JSON.',
      },
      key_schema_id: {
        type: 'integer',
        format: 'int32',
        description: 'Its id in the schema registry, in place of its text.',
      },
      value_schema: { type: 'string', description: 'As `key_schema`, for the values.' },
      value_schema_id: { type: 'integer', format: 'int32' },
    },
  },
  ProduceRecord: {
    type: 'object',
    additionalProperties: false,
    properties: {
      key: data,
      value: data,
      partition: {
        type: 'integer',
        format: 'int32',
        minimum: 0,
        description: 'Wins over the partition of the path. Absent: chosen by the key.',
      },
      headers: {
        type: 'array',
        items: schemaRef('ProduceHeader'),
        description: 'Unknown unless the operator sets `records.headers.enable`.',
      },
      timestamp: {
        type: 'integer',
        format: 'int64',
        minimum: 0,
        description:
          'Milliseconds since the epoch. Unknown unless the operator sets `records.timestamps.enable`.',
      },
    },
  },
  ProduceHeader: {
    type: 'object',
    required: ['key'],
    additionalProperties: false,
    properties: {
      key: { type: 'string', description: '`name` is understood too.' },
      value: { type: ['string', 'null'], description: 'base64.' },
    },
  },
  ProduceResponse: {
    type: 'object',
    required: ['offsets', 'key_schema_id', 'value_schema_id'],
    properties: {
      offsets: {
        type: 'array',
        items: schemaRef('ProduceResult'),
        description: 'In the order of the records.',
      },
      key_schema_id: {
        type: ['integer', 'null'],
        format: 'int32',
        description: 'Id of the schema that was used: enough for the next request.',
      },
      value_schema_id: { type: ['integer', 'null'], format: 'int32' },
    },
  },
  ProduceResult: {
    type: 'object',
    required: ['partition', 'offset', 'error_code', 'error'],
    properties: {
      partition: { type: ['integer', 'null'], format: 'int32' },
      offset: { type: ['integer', 'null'], format: 'int64' },
      error_code: {
        type: ['integer', 'null'],
        description: '`null`: written. `40101`, `40301`, `50002`, `50003`: see the statuses.',
      },
      error: { type: ['string', 'null'] },
    },
  },
};
