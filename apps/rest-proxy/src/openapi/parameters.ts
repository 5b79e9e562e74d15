import type { ApiParameter } from './openapi-types.ts';

/** The path of a topic. */
export const topicParameter: ApiParameter = {
  name: 'topic',
  in: 'path',
  required: true,
  description: 'Name of the topic: 1 to 249 of letters, digits, `.`, `_` and `-`.',
  schema: { type: 'string', minLength: 1, maxLength: 249, pattern: '^[A-Za-z0-9._-]+$' },
  example: 'test',
};

export const partitionParameter: ApiParameter = {
  name: 'partition',
  in: 'path',
  required: true,
  description: 'Number of the partition, from 0.',
  schema: { type: 'integer', format: 'int32', minimum: 0 },
  example: 0,
};

export const clusterIdParameter: ApiParameter = {
  name: 'clusterId',
  in: 'path',
  required: true,
  description: 'Id of the cluster, as `GET /v3/clusters` gives it.',
  schema: { type: 'string' },
  example: 'MkU3OEVBNTcwNTJENDM2Qg',
};
