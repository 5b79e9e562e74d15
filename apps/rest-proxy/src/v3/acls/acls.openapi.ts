import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import type { ApiParameter, ApiSchema } from '../../openapi/openapi-types.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { noContent, schemaRef, type DocumentedError } from '../../openapi/responses.ts';
import { entityListSchema } from '../entity.openapi.ts';
import {
  exampleCluster,
  exampleClusterId,
  jsonBody,
  okJson,
  pageParameters,
  text,
  v3BodyErrors,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { operations, patternTypes, permissions, resourceTypes } from './acl-words.ts';
import { AclsController } from './acls.controller.ts';

const tags: ['ACLs (v3)'] = ['ACLs (v3)'];
const acl = {
  resource_type: 'TOPIC',
  resource_name: 'test',
  pattern_type: 'LITERAL',
  principal: 'User:alice',
  host: '*',
  operation: 'READ',
  permission: 'ALLOW',
};
const self = `${exampleCluster}/acls?resource_type=TOPIC&resource_name=test&pattern_type=LITERAL&principal=User%3Aalice&host=*&operation=READ&permission=ALLOW`;
const example = { kind: 'KafkaAcl', metadata: { self }, cluster_id: exampleClusterId, ...acl };
const noAuthorizer: DocumentedError = [restErrors.invalidKafkaRequest, 'No Authorizer is configured.'];
const badWord: DocumentedError = [
  restErrors.entityNotFound,
  "The valid values for ResourceType do not include 'bogus'",
];

/** @param required what must be said: a deletion without them would take everything away */
function filters(required: boolean): readonly ApiParameter[] {
  const word = (name: string, words: readonly string[]): ApiParameter => ({
    name,
    in: 'query',
    required,
    schema: {
      type: 'string',
      enum: words.filter((candidate) => candidate !== 'UNKNOWN'),
      ...(required ? {} : { default: 'ANY' }),
    },
    ...(required ? { example: 'ANY' } : {}),
  });
  const free = (name: string, description: string): ApiParameter => ({
    name,
    in: 'query',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    clusterIdParameter,
    word('resource_type', resourceTypes),
    free('resource_name', 'Any name when absent.'),
    word('pattern_type', patternTypes),
    free('principal', 'E.g. `User:alice`; anybody when absent.'),
    free('host', 'An address or `*`; any when absent.'),
    word('operation', operations),
    word('permission', permissions),
  ];
}

const concrete = (words: readonly string[]): ApiSchema => ({
  type: 'string',
  enum: words.filter((word) => !['UNKNOWN', 'ANY', 'MATCH'].includes(word)),
});

export const aclsDoc = controllerDoc(
  AclsController,
  {
    create: {
      operationId: 'createKafkaAcls',
      tags,
      summary: 'Create a rule',
      description: 'One that exists already stays as it is.',
      parameters: [clusterIdParameter],
      requestBody: jsonBody('CreateAclRequest', { read: acl }),
      responses: v3Responses({ 201: { ...noContent('It exists; `Location` leads to it') } }, [
        wrongCluster,
        noAuthorizer,
        ...v3BodyErrors,
      ]),
    },
    createBatch: {
      operationId: 'batchCreateKafkaAcls',
      tags,
      summary: 'Create rules',
      description: 'One invalid rule refuses all.',
      parameters: [clusterIdParameter],
      requestBody: jsonBody('CreateAclsRequest', {
        two: { data: [acl, { ...acl, operation: 'WRITE' }] },
      }),
      responses: v3Responses({ 204: noContent('They exist') }, [wrongCluster, noAuthorizer, ...v3BodyErrors]),
    },
    list: {
      operationId: 'getKafkaAcls',
      tags,
      summary: 'Search rules',
      parameters: [...filters(false), ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The rules', 'KafkaAclList', {
            kind: 'KafkaAclList',
            metadata: {
              self: `${exampleCluster}/acls?resource_type=ANY&resource_name=&pattern_type=ANY&principal=&host=&operation=ANY&permission=ANY`,
              next: null,
            },
            data: [example],
          }),
        },
        [wrongCluster, badWord, noAuthorizer, [restErrors.malformed, 'resource_type cannot be UNKNOWN']],
      ),
    },
    delete: {
      operationId: 'deleteKafkaAcls',
      tags,
      summary: 'Delete rules',
      parameters: [...filters(true)],
      responses: v3Responses({ 200: okJson('What was deleted', 'DeletedAcls', { data: [example] }) }, [
        wrongCluster,
        badWord,
        noAuthorizer,
        [restErrors.malformed, 'resource_type cannot be unspecified or UNKNOWN'],
      ]),
    },
  },
  {
    KafkaAcl: {
      type: 'object',
      required: ['kind', 'metadata', 'cluster_id', ...Object.keys(acl)],
      properties: {
        kind: { type: 'string', enum: ['KafkaAcl'] },
        metadata: {
          type: 'object',
          required: ['self'],
          properties: { self: { type: 'string', format: 'uri' } },
        },
        cluster_id: text,
        resource_type: text,
        resource_name: text,
        pattern_type: text,
        principal: text,
        host: text,
        operation: text,
        permission: text,
      },
    },
    KafkaAclList: entityListSchema('KafkaAclList', 'KafkaAcl'),
    DeletedAcls: {
      type: 'object',
      required: ['data'],
      properties: { data: { type: 'array', items: schemaRef('KafkaAcl') } },
    },
    CreateAclRequest: {
      type: 'object',
      required: Object.keys(acl),
      properties: {
        resource_type: concrete(resourceTypes),
        resource_name: { type: 'string', minLength: 1, description: '`kafka-cluster` for CLUSTER.' },
        pattern_type: concrete(patternTypes),
        principal: { type: 'string', pattern: ':', description: 'E.g. `User:alice`; `User:*` for anybody.' },
        host: { type: 'string', description: 'An address, or `*` for any.' },
        operation: concrete(operations),
        permission: concrete(permissions),
      },
    },
    CreateAclsRequest: {
      type: 'object',
      required: ['data'],
      properties: { data: { type: 'array', items: schemaRef('CreateAclRequest') } },
    },
  },
);
