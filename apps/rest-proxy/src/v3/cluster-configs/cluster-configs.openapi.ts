import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { noContent, type DocumentedError } from '../../openapi/responses.ts';
import { configExample, configFieldSchemas } from '../configs/configs.openapi.ts';
import { entityListSchema, entitySchema } from '../entity.openapi.ts';
import {
  configNameParameter,
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  jsonBody,
  okJson,
  pageParameters,
  v3BodyErrors,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { ClusterConfigsController } from './cluster-configs.controller.ts';
import { OtherConfigTypesController } from './other-config-types.controller.ts';

const tags: ['Broker configurations (v3)'] = ['Broker configurations (v3)'];
const name = 'compression.type';
const one = [clusterIdParameter, configNameParameter(name)];
const url = `${exampleCluster}/broker-configs`;
const example = {
  kind: 'KafkaClusterConfig',
  metadata: { self: `${url}/${name}`, resource_name: `${exampleCrn}/broker-config=${name}` },
  ...configExample(exampleClusterId, name, 'gzip', { config_type: 'BROKER' }),
  source: 'DYNAMIC_DEFAULT_BROKER_CONFIG',
  synonyms: [{ name, value: 'gzip', source: 'DYNAMIC_DEFAULT_BROKER_CONFIG' }],
  is_default: false,
};
const refused: DocumentedError = [
  restErrors.invalidKafkaRequest,
  'Invalid value abc for configuration log.retention.ms: Not a number of type LONG',
];
const notSet: DocumentedError = [
  restErrors.entityNotFound,
  `Config ${name} cannot be found for BROKER  in cluster ${exampleClusterId}.`,
];

export const clusterConfigsDoc = controllerDoc(
  ClusterConfigsController,
  {
    list: {
      operationId: 'listKafkaClusterConfigs',
      tags,
      summary: 'List the configuration that all brokers share',
      description: 'Only what was set dynamically.',
      parameters: [clusterIdParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The entries, by name', 'KafkaClusterConfigList', {
            kind: 'KafkaClusterConfigList',
            metadata: { self: url, next: null },
            data: [example],
          }),
        },
        [restErrors.notFound],
      ),
    },
    update: {
      operationId: 'updateKafkaClusterConfig',
      tags,
      summary: 'Set a configuration entry of all brokers',
      description: 'Any name is taken.',
      parameters: one,
      requestBody: jsonBody('UpdateConfigRequest', { value: { value: 'gzip' } }),
      responses: v3Responses({ 204: noContent('It is set') }, [
        restErrors.notFound,
        refused,
        ...v3BodyErrors,
      ]),
    },
    get: {
      operationId: 'getKafkaClusterConfig',
      tags,
      summary: 'Get a configuration entry of all brokers',
      parameters: one,
      responses: v3Responses({ 200: okJson('The entry', 'KafkaClusterConfig', example) }, [
        restErrors.notFound,
      ]),
    },
    reset: {
      operationId: 'deleteKafkaClusterConfig',
      tags,
      summary: 'Take a configuration entry of all brokers back to its default',
      parameters: one,
      responses: v3Responses({ 204: noContent('It is reset') }, [restErrors.notFound, notSet, refused]),
    },
    alter: {
      operationId: 'updateKafkaClusterConfigs',
      tags,
      summary: 'Change some of the configuration of all brokers',
      description: 'All of the changes are made, or none. What is not named stays as it is.',
      parameters: [clusterIdParameter],
      requestBody: jsonBody('AlterConfigsRequest', {
        changes: { data: [{ name, value: 'gzip' }] },
        reset: { data: [{ name, operation: 'DELETE' }] },
      }),
      responses: v3Responses({ 204: noContent('Done') }, [wrongCluster, refused, ...v3BodyErrors]),
    },
  },
  {
    KafkaClusterConfig: entitySchema(
      'KafkaClusterConfig',
      configFieldSchemas({ config_type: { type: 'string', enum: ['BROKER'] } }),
    ),
    KafkaClusterConfigList: entityListSchema('KafkaClusterConfigList', 'KafkaClusterConfig'),
  },
);

export const otherConfigTypesDoc = controllerDoc(OtherConfigTypesController, {
  list: 'hidden',
  get: 'hidden',
});
