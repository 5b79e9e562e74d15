import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ApiParameter } from '../../openapi/openapi-types.ts';
import type { DocumentedError } from '../../openapi/responses.ts';
import { exampleCluster } from '../v3.openapi.ts';

export const exampleGroupUrl = `${exampleCluster}/consumer-groups/my-group`;
export const exampleMember = 'my-client-3b3b7a4e';

export const groupParameter: ApiParameter = {
  name: 'group',
  in: 'path',
  required: true,
  description: 'Id of the consumer group.',
  schema: { type: 'string', minLength: 1 },
  example: 'my-group',
};

export const consumerParameter: ApiParameter = {
  name: 'consumer',
  in: 'path',
  required: true,
  description: 'Id of the member, as the group gives it.',
  schema: { type: 'string', minLength: 1 },
  example: exampleMember,
};

export const wrongClusterOfGroups: DocumentedError = [
  restErrors.entityNotFound,
  'Cluster nope could not be found.',
];
