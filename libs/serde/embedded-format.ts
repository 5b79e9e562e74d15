/** How a record's key and value are written in a body; the vocabulary of API v2. */
export type EmbeddedFormat = 'binary' | 'json' | 'avro' | 'jsonschema' | 'protobuf';

export const embeddedFormats: readonly EmbeddedFormat[] = [
  'binary',
  'json',
  'avro',
  'jsonschema',
  'protobuf',
];
