import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import {
  avroV2Json,
  binaryV2Json,
  jsonSchemaV2Json,
  jsonV2Json,
  kafkaV2Json,
  protobufV2Json,
  type Endpoint,
  type MediaType,
} from '../../http/media-types.ts';

type FormatEndpoints = Readonly<Record<EmbeddedFormat, Endpoint>>;

export const toTopic = endpointsOf('api.v2.produce-to-topic');
export const toPartition = endpointsOf('api.v2.produce-to-partition');

/** Binary comes first: it is what a request without a Content-Type means. */
function endpointsOf(name: string): FormatEndpoints {
  const endpoint = (suffix: string, consumes: MediaType): Endpoint => ({
    name: `${name}.${suffix}`,
    consumes: [consumes],
    produces: [kafkaV2Json],
  });
  return {
    binary: endpoint('binary', binaryV2Json),
    json: endpoint('json', jsonV2Json),
    avro: endpoint('avro', avroV2Json),
    jsonschema: endpoint('json-schema', jsonSchemaV2Json),
    protobuf: endpoint('protobuf', protobufV2Json),
  };
}
