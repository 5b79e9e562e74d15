import { restErrors } from '#libs/errors/rest-errors.ts';
import { kafkaV2Json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import {
  bodyErrors,
  commonErrors,
  content,
  errorResponses,
  noContent,
  ok,
  schemaRef,
} from '../../openapi/responses.ts';
import { controlBody, groupParameter, instanceErrorResponses, instanceParameters } from './consumers-docs.ts';
import { ConsumersController } from './consumers.controller.ts';

export const consumersDoc = controllerDoc(
  ConsumersController,
  {
    create: {
      operationId: 'createConsumer',
      tags: ['Consumers (v2)'],
      summary: 'Create a consumer instance',
      description:
        'It lives until it is deleted, or until `consumer.instance.timeout.ms` after its last request. Its `format` is that of the records it will be asked for.',
      parameters: [groupParameter],
      requestBody: controlBody('CreateConsumerRequest', false, {
        'for JSON, from the first record on': {
          name: 'my-instance',
          format: 'json',
          'auto.offset.reset': 'earliest',
        },
        'for binary, committed by hand': { format: 'binary', 'auto.commit.enable': 'false' },
      }),
      responses: {
        200: ok(
          'The instance, and the URL below which all of its own lies',
          content([kafkaV2Json], schemaRef('CreateConsumerResponse'), {
            created: {
              instance_id: 'my-instance',
              base_uri: 'http://localhost:8082/consumers/my-group/instances/my-instance',
            },
          }),
        ),
        ...errorResponses(
          [kafkaV2Json],
          [
            ...commonErrors,
            ...bodyErrors,
            restErrors.consumerAlreadyExists,
            restErrors.invalidFormat,
            [restErrors.unprocessable, 'name must not be blank (was )'],
            [restErrors.unrecognizedField, 'isolation.level'],
            [
              restErrors.consumerConfigConstraint,
              'Invalid value -2 for configuration fetch.min.bytes: Value must be at least -1',
            ],
            [
              restErrors.invalidConsumerConfig,
              "Invalid value first for configuration auto.offset.reset: The value must be either 'earliest', 'latest' or 'none'.",
            ],
            [restErrors.payload, 'Schema Registry must be configured when using schemas.'],
            [
              restErrors.tooManyInstances,
              'There are 10000 consumer instances already, and no more are allowed.',
            ],
          ],
        ),
      },
    },
    delete: {
      operationId: 'deleteConsumer',
      tags: ['Consumers (v2)'],
      summary: 'Delete a consumer instance',
      description: 'It leaves its group, whose other members get its partitions at once.',
      parameters: instanceParameters,
      responses: { 204: noContent('It is gone'), ...instanceErrorResponses() },
    },
  },
  {
    CreateConsumerRequest: {
      type: ['object', 'null'],
      properties: {
        id: { type: ['string', 'null'], description: 'Goes before `name`.' },
        name: { type: ['string', 'null'], description: 'Id of the instance; a new one when absent.' },
        format: {
          type: ['string', 'null'],
          description:
            '`binary` (the default), `json`, `avro`, `jsonschema` or `protobuf`, in any case of letters.',
        },
        'auto.offset.reset': {
          type: ['string', 'null'],
          enum: ['latest', 'earliest', 'none', null],
          description: 'Where to begin when nothing is committed; `latest` unless configured.',
        },
        'auto.commit.enable': {
          type: ['string', 'boolean', 'null'],
          description: 'Whether what was delivered is committed by and by; `true` unless configured.',
        },
        'fetch.min.bytes': {
          type: ['integer', 'null'],
          format: 'int32',
          minimum: -1,
          maximum: 10_000_000,
          description:
            'A read ends before its time with more than this many bytes. -1: never before its time.',
        },
        'consumer.request.timeout.ms': {
          type: ['integer', 'null'],
          format: 'int32',
          description: 'Longest wait of a read.',
        },
        responseMinBytes: {
          type: ['integer', 'null'],
          format: 'int32',
          description: 'As `fetch.min.bytes`.',
        },
        requestWaitMs: {
          type: ['integer', 'null'],
          format: 'int32',
          description: 'As `consumer.request.timeout.ms`.',
        },
      },
      additionalProperties: false,
    },
    CreateConsumerResponse: {
      type: 'object',
      required: ['instance_id', 'base_uri'],
      properties: {
        instance_id: { type: 'string' },
        base_uri: { type: 'string', format: 'uri', description: 'Segments are percent-encoded.' },
      },
    },
  },
);
