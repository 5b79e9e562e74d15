import type { ApiDocument, ApiHeaders, ApiSchema, Tag } from './openapi-types.ts';

export const info: ApiDocument['info'] = {
  title: 'Kafka REST proxy',
  version: '0.1.0',
  license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  description: `
An HTTP interface to Apache Kafka, compatible on the wire with Confluent REST Proxy: API v2 and API v3.

**Media types.** API v2 speaks \`application/vnd.kafka.v2+json\`. A body with records says how keys and values are
written in it: \`application/vnd.kafka.json.v2+json\` for JSON, \`application/vnd.kafka.binary.v2+json\` for base64.
API v3 speaks \`application/json\`.

**Errors.** Every error has the body \`{"error_code": 40401, "message": "…"}\`. The first three digits of a
five-digit code are the HTTP status.

**Compression.** Answers are compressed when \`Accept-Encoding\` says gzip; requests may be, with \`Content-Encoding\`
gzip, deflate or br.
`.trim(),
};

/** In the order of the document. */
export const tags: readonly { readonly name: Tag; readonly description: string }[] = [
  { name: 'Topics (v2)', description: 'Look at topics, and produce to them' },
  { name: 'Partitions (v2)', description: 'Look at partitions, and produce to one of them' },
  { name: 'Consumers (v2)', description: 'Read records as a member of a consumer group' },
  { name: 'Brokers (v2)', description: 'Look at brokers' },
  { name: 'Clusters (v3)', description: 'Look at the cluster' },
  { name: 'Records (v3)', description: 'Produce records, in streams and in batches' },
  { name: 'Topics (v3)', description: 'Look at topics, create, grow and delete them' },
  { name: 'Topic configurations (v3)', description: 'Look at the configuration of topics, and change it' },
  { name: 'Partitions (v3)', description: 'Look at partitions, their offsets, replicas and moves' },
  { name: 'Brokers (v3)', description: 'Look at brokers' },
  { name: 'Broker configurations (v3)', description: 'Look at the configuration of brokers, and change it' },
  { name: 'ACLs (v3)', description: 'Search, create and delete the rules of access' },
  {
    name: 'Consumer groups (v3)',
    description: 'Look at consumer groups, their members and how far they are behind',
  },
  { name: 'Service', description: 'The proxy itself: root, health, this document' },
];

export const headers: ApiHeaders = {
  RequestId: {
    description: 'Names the request in the log of the proxy.',
    schema: { type: 'string' },
  },
  Vary: {
    description: 'What else than the URL the answer depends on.',
    schema: { type: 'string' },
  },
  RetryAfter: {
    description: 'Come again after so many seconds.',
    schema: { type: 'integer', minimum: 1 },
  },
};

export const sharedSchemas: Readonly<Record<string, ApiSchema>> = {
  Error: {
    type: 'object',
    required: ['error_code', 'message'],
    properties: {
      error_code: {
        type: 'integer',
        format: 'int32',
        description: 'The HTTP status, or a five-digit code that says more.',
      },
      message: { type: 'string' },
    },
  },
};
