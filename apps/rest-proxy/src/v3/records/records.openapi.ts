import { restErrors } from '#libs/errors/rest-errors.ts';
import { json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, topicParameter } from '../../openapi/parameters.ts';
import {
  bodyErrors,
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  ok,
  schemaRef,
} from '../../openapi/responses.ts';
import { RecordsController } from './records.controller.ts';
import { recordsSchemas } from './records.schemas.ts';

const parameters = [clusterIdParameter, topicParameter];
const clusterMissing = [restErrors.entityNotFound, 'Cluster nope cannot be found.'] as const;

const jsonRecord = {
  key: { type: 'STRING', data: 'user-1' },
  value: { type: 'JSON', data: { name: 'Ada', amount: 12.5 } },
};
const written = {
  cluster_id: 'MkU3OEVBNTcwNTJENDM2Qg',
  topic_name: 'test',
  partition_id: 0,
  offset: 13,
  timestamp: '2026-11-22T10:42:16.074Z',
  key: { type: 'STRING', size: 6 },
  value: { type: 'JSON', size: 28 },
};

const failures =
  '`400`: not a record. `422`: its schema cannot be had, with the code in the text. `40002`, `40301`, `40401`, `40402`: the topic or partition. `408`: the stream is too old. `413`: too large. `429`: too many. `50002`, `50003`: Kafka could not write it.';

export const v3RecordsDoc = controllerDoc(
  RecordsController,
  {
    produce: {
      operationId: 'produceRecord',
      tags: ['Records (v3)'],
      summary: 'Produce records in a stream',
      description: `The body is one JSON object a record, one after another, with or without white space between them. Each is answered in its turn by one object, as soon as Kafka has it, while the body may go on for hours. A record that cannot be written is answered so, and the stream goes on; what is not JSON ends it. ${failures}`,
      parameters,
      requestBody: {
        required: true,
        content: content([json], schemaRef('RecordToProduce'), {
          'key and value': jsonRecord,
          binary: { value: { type: 'BINARY', data: 'AAEC/w==' }, headers: [{ name: 'h', value: 'YQ==' }] },
          'no key, no value': {},
        }),
      },
      responses: {
        200: ok(
          'One object a record, each followed by a line break.',
          content([json], schemaRef('RecordResult'), {
            written: { error_code: 200, ...written },
            refused: { error_code: 40401, message: 'Topic test not present in metadata.' },
          }),
        ),
        ...errorResponses(
          [json],
          [
            ...commonErrors,
            ...kafkaErrors,
            clusterMissing,
            restErrors.unsupportedMediaType,
            [restErrors.unsupportedEncoding, 'compress'],
          ],
        ),
      },
    },
    produceBatch: {
      operationId: 'produceRecordsBatch',
      tags: ['Records (v3)'],
      summary: 'Produce a few records at one time',
      description: `Each entry is a record of its own, with an id by which the answer names it. ${failures}`,
      parameters,
      requestBody: {
        required: true,
        content: content([json], schemaRef('RecordBatch'), {
          'two entries': {
            entries: [
              { id: '1', ...jsonRecord },
              { id: '2', value: { type: 'STRING', data: 'text' } },
            ],
          },
        }),
      },
      responses: {
        207: ok(
          'What was written, and what was not',
          content([json], schemaRef('RecordBatchResult'), {
            both: {
              successes: [{ id: '1', ...written }],
              failures: [{ id: '2', error_code: 40402, message: 'Partition not found.' }],
            },
          }),
        ),
        ...errorResponses(
          [json],
          [
            ...commonErrors,
            ...bodyErrors,
            ...kafkaErrors,
            clusterMissing,
            [restErrors.unrecognizedField, 'recods'],
            [restErrors.invalidBatch, 'Empty batch.'],
          ],
        ),
      },
    },
  },
  recordsSchemas,
);
