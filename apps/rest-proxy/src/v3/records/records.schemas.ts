import type { ApiSchema } from '../../openapi/openapi-types.ts';
import { schemaRef } from '../../openapi/responses.ts';
import { strategyNames, typeNames } from './data-selection.ts';

const writtenMembers: Readonly<Record<string, ApiSchema>> = {
  cluster_id: { type: 'string' },
  topic_name: { type: 'string' },
  partition_id: { type: 'integer', format: 'int32' },
  offset: { type: 'integer', format: 'int64' },
  timestamp: {
    type: 'string',
    format: 'date-time',
    description: 'The record’s, or when the broker appended it where the topic says so.',
  },
  key: schemaRef('WrittenRecordData'),
  value: schemaRef('WrittenRecordData'),
};
const errorMembers: Readonly<Record<string, ApiSchema>> = {
  error_code: { type: 'integer', description: '`200`: written.' },
  message: { type: 'string', description: 'Where it was not written: why not.' },
};

const recordMembers: Readonly<Record<string, ApiSchema>> = {
  partition_id: {
    type: ['integer', 'null'],
    format: 'int32',
    description: 'Absent: chosen by the key.',
  },
  timestamp: {
    type: ['string', 'number', 'null'],
    description: 'ISO-8601, or seconds since the epoch with fractions. Absent: now.',
  },
  headers: { type: ['array', 'null'], items: schemaRef('RecordHeader') },
  key: { oneOf: [schemaRef('RecordData'), { type: 'null' }] },
  value: { oneOf: [schemaRef('RecordData'), { type: 'null' }] },
};

/** Bodies of `records` and `records:batch` in the OpenAPI document. */
export const recordsSchemas: Readonly<Record<string, ApiSchema>> = {
  RecordToProduce: { type: 'object', properties: recordMembers },
  RecordHeader: {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: { name: { type: 'string' }, value: { type: ['string', 'null'], description: 'base64.' } },
  },
  RecordData: {
    type: 'object',
    required: ['data'],
    additionalProperties: false,
    properties: {
      type: {
        type: ['string', 'null'],
        enum: [...typeNames, null],
        description:
          'Absent: the schema says it, which is selected by `schema_id` or `schema_version`, or is the latest of its subject.',
      },
      subject: { type: ['string', 'null'], description: 'Subject of the schema in the registry.' },
      subject_name_strategy: {
        type: ['string', 'null'],
        enum: [...strategyNames, null],
        description: 'How the subject is made, in place of `subject`.',
      },
      schema_id: { type: ['integer', 'null'], format: 'int32' },
      schema_version: { type: ['integer', 'null'], format: 'int32' },
      schema: {
        type: ['string', 'null'],
        description: 'Text of the schema, with `type` AVRO, JSONSCHEMA or PROTOBUF.',
      },
      data: {
        description:
          'BINARY: a string of base64. STRING: a string. JSON: any value. Otherwise what the schema takes. `null` is null.',
      },
    },
  },
  RecordResult: {
    type: 'object',
    required: ['error_code'],
    properties: { ...errorMembers, ...writtenMembers },
  },
  WrittenRecordData: {
    type: 'object',
    required: ['type', 'size'],
    properties: {
      type: { type: 'string', enum: [...typeNames] },
      subject: { type: 'string' },
      schema_id: { type: 'integer', format: 'int32' },
      schema_version: { type: 'integer', format: 'int32' },
      size: { type: 'integer', description: 'Bytes; `-1` for null.' },
    },
  },
  RecordBatch: {
    type: 'object',
    required: ['entries'],
    additionalProperties: false,
    properties: { entries: { type: 'array', minItems: 1, items: schemaRef('RecordBatchEntry') } },
  },
  RecordBatchEntry: {
    type: 'object',
    required: ['id'],
    properties: {
      id: {
        type: 'string',
        minLength: 1,
        maxLength: 80,
        pattern: '^[A-Za-z0-9_-]+$',
        description: 'Distinct in the batch.',
      },
      ...recordMembers,
    },
  },
  RecordBatchResult: {
    type: 'object',
    required: ['successes', 'failures'],
    properties: {
      successes: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'cluster_id', 'topic_name', 'partition_id', 'offset'],
          properties: { id: { type: 'string' }, ...writtenMembers },
        },
      },
      failures: {
        type: 'array',
        items: {
          type: 'object',
          required: ['id', 'error_code', 'message'],
          properties: { id: { type: 'string' }, ...errorMembers },
        },
      },
    },
  },
};
