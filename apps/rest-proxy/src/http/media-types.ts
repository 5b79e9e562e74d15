/** As in a header; `;qs=0.9` is the server's own preference, 1 when absent. */
export type MediaType = `${string}/${string}`;

/** What a controller says of one of its methods. One constant an endpoint. */
export interface Endpoint {
  /** The ResourceName of Confluent, e.g. `api.v2.topics.list`: for logs, metrics and allow-lists. */
  readonly name: string;
  /** Content types that are understood; empty where no body is read. */
  readonly consumes: readonly MediaType[];
  /** Types of the answer, the preferred one first. */
  readonly produces: readonly MediaType[];
}

export const json = 'application/json';
export const kafkaV2Json = 'application/vnd.kafka.v2+json';
export const binaryV2Json = 'application/vnd.kafka.binary.v2+json';
export const jsonV2Json = 'application/vnd.kafka.json.v2+json';
export const avroV2Json = 'application/vnd.kafka.avro.v2+json';
export const jsonSchemaV2Json = 'application/vnd.kafka.jsonschema.v2+json';
export const protobufV2Json = 'application/vnd.kafka.protobuf.v2+json';

/** What the consumer endpoints take and answer, all but `/records`. */
export const consumerTypes: readonly MediaType[] = [
  kafkaV2Json,
  binaryV2Json,
  jsonV2Json,
  avroV2Json,
  jsonSchemaV2Json,
  protobufV2Json,
];
