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
import type { ApiRequestBody, ApiResponses } from '../../openapi/openapi-types.ts';
import { partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import { bodyErrors, commonErrors, content, errorResponses, ok, schemaRef } from '../../openapi/responses.ts';
import { ProduceController } from './produce.controller.ts';
import { produceSchemas } from './produce.schemas.ts';

const requestBody: ApiRequestBody = {
  required: true,
  content: {
    ...content([jsonV2Json], schemaRef('ProduceRequest'), {
      'key and value': { records: [{ key: 'user-1', value: { name: 'Ada', amount: 12.5 } }] },
      'several records': { records: [{ value: 'first' }, { value: 2 }, { key: 'user-1', value: null }] },
    }),
    ...content([binaryV2Json], schemaRef('ProduceRequest'), {
      'key and value': { records: [{ key: 'dXNlci0x', value: 'AAEC/w==' }] },
    }),
    ...content([avroV2Json], schemaRef('ProduceRequest'), {
      'with a schema': {
        value_schema: '{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}',
        records: [{ value: { name: 'Ada' } }],
      },
    }),
    ...content([jsonSchemaV2Json], schemaRef('ProduceRequest'), {
      'with a schema': {
        value_schema: '{"type":"object","properties":{"name":{"type":"string"}}}',
        records: [{ value: { name: 'Ada' } }],
      },
    }),
    ...content([protobufV2Json], schemaRef('ProduceRequest'), {
      'with a schema': {
        value_schema: 'syntax = "proto3"; message User { string name = 1; }',
        records: [{ value: { name: 'Ada' } }],
      },
    }),
  },
};

const produced = { partition: 0, offset: 5, error_code: null, error: null };
const noSchemas = { key_schema_id: null, value_schema_id: null };
const refused = (errorCode: number, error: string): object => ({
  offsets: [{ partition: null, offset: null, error_code: errorCode, error }],
  ...noSchemas,
});

/** A refusal by Kafka changes the status, not the shape. */
function allRefused(status: 401 | 403, errorCode: number, error: string): ApiResponses {
  return {
    [status]: ok(
      `\`${errorCode}\`, of at least one record; the body tells of each. Others may have been written.`,
      content([kafkaV2Json], schemaRef('ProduceResponse'), { [errorCode]: refused(errorCode, error) }),
    ),
  };
}

const responses: ApiResponses = {
  200: ok(
    'Entry i tells what became of record i. Records that Kafka refused carry an `error_code`: `50003` when sending again may help, `50002` when not.',
    content([kafkaV2Json], schemaRef('ProduceResponse'), {
      written: { offsets: [produced], ...noSchemas },
      'partly refused': {
        offsets: [
          produced,
          { partition: null, offset: null, error_code: 50003, error: 'The request timed out.' },
        ],
        ...noSchemas,
      },
    }),
  ),
  ...allRefused(401, 40101, 'Authentication failed.'),
  ...allRefused(403, 40301, 'Not authorized to access topics: [test]'),
  ...errorResponses(
    [kafkaV2Json],
    [
      ...commonErrors,
      ...bodyErrors,
      [restErrors.badRequest, 'data="not base64!!" is not a valid base64 string. (records[3].value)'],
      [restErrors.malformed, "Unrecognized token 'foobar' (line 1, column 24)"],
      [restErrors.unprocessable, 'records must not be empty'],
      [restErrors.unrecognizedField, 'recods'],
      restErrors.keySchemaMissing,
      restErrors.valueSchemaMissing,
      [restErrors.invalidSchema, 'Error when parsing raw schema. format = AVRO, schema = {bad'],
      [restErrors.payload, 'Schema Registry must be configured when using schemas.'],
      [
        restErrors.serializing,
        'Schema Registry not defined, no Schema Registry client available to serialize message.',
      ],
    ],
  ),
};

const description =
  'All records are checked and serialised before the first is sent: a bad one is named with its place and nothing is written. `null` is a tombstone as value, and no key as key. JSON is written as it was sent, numbers digit for digit, without white space between tokens.';

export const produceDoc = controllerDoc(
  ProduceController,
  {
    toTopic: {
      operationId: 'produceToTopic',
      tags: ['Topics (v2)'],
      summary: 'Produce records to a topic',
      description: `${description} Records with the same key go to the same partition, the one that the Java client chooses.`,
      parameters: [topicParameter],
      requestBody,
      responses,
    },
    toPartition: {
      operationId: 'produceToPartition',
      tags: ['Partitions (v2)'],
      summary: 'Produce records to a partition',
      description: `${description} A record that names a partition goes there instead.`,
      parameters: [topicParameter, partitionParameter],
      requestBody,
      responses: { ...responses, ...errorResponses([kafkaV2Json], [restErrors.notFound]) },
    },
  },
  produceSchemas,
);
