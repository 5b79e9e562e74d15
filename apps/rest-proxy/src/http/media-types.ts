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
  `${binaryV2Json};qs=0.9`,
  `${jsonV2Json};qs=0.9`,
  `${avroV2Json};qs=0.9`,
  `${jsonSchemaV2Json};qs=0.9`,
  `${protobufV2Json};qs=0.9`,
];

/**
 * Types that API v2 knew before release 6.0 and the current one refuses. We take them where nothing else fits, so a
 * request that the original understands is answered as the original does.
 *
 * `generic` carries no format: binary for records. A `<format>.v1` type stands for its `v2` sibling.
 */
export const olderTypes = {
  generic: [
    'application/vnd.kafka.v1+json;qs=0.9',
    'application/vnd.kafka+json;qs=0.8',
    'application/json;qs=0.5',
  ],
  /** Understood in a request only. */
  genericRequest: ['application/octet-stream'],
  v1OfV2: new Map<string, MediaType>([
    [binaryV2Json, 'application/vnd.kafka.binary.v1+json'],
    [jsonV2Json, 'application/vnd.kafka.json.v1+json'],
    [avroV2Json, 'application/vnd.kafka.avro.v1+json'],
  ]),
} as const;
