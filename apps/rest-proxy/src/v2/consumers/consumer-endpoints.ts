import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import {
  avroV2Json,
  binaryV2Json,
  consumerTypes,
  jsonSchemaV2Json,
  jsonV2Json,
  kafkaV2Json,
  protobufV2Json,
  type Endpoint,
  type MediaType,
} from '../../http/media-types.ts';

const control = (name: string): Endpoint => ({
  name: `api.v2.consumers.${name}`,
  consumes: consumerTypes,
  produces: consumerTypes,
});

export const createConsumer = control('create');
export const deleteConsumer = control('delete');
export const subscribe = control('subscribe');
export const getSubscription = control('get-subscription');
export const unsubscribe = control('unsubscribe');
export const assign = control('assign');
export const getAssignments = control('get-assignments');
export const seekToOffset = control('seek-to-offset');
export const seekToBeginning = control('seek-to-beginning');
export const seekToEnd = control('seek-to-end');
export const commitOffsets = control('commit-offsets');
export const getCommittedOffsets = control('get-committed-offsets');

const consume = (name: string, ...produces: readonly MediaType[]): Endpoint => ({
  name: `api.v2.consumers.consume-${name}`,
  consumes: [],
  produces,
});

/** Where the Accept header leaves it open, the original's weights make it binary. */
export const consumeRecords: Readonly<Record<EmbeddedFormat, Endpoint>> = {
  binary: consume('binary', binaryV2Json, `${kafkaV2Json};qs=0.9`),
  json: consume('json', `${jsonV2Json};qs=0.1`),
  avro: consume('avro', `${avroV2Json};qs=0.1`),
  jsonschema: consume('json-schema', `${jsonSchemaV2Json};qs=0.1`),
  protobuf: consume('protobuf', `${protobufV2Json};qs=0.1`),
};
