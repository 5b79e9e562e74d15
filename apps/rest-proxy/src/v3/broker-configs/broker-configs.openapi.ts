import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { noContent, type DocumentedError } from '../../openapi/responses.ts';
import { configExample, configFieldSchemas } from '../configs/configs.openapi.ts';
import { entityListSchema, entitySchema } from '../entity.openapi.ts';
import {
  brokerIdParameter,
  configNameParameter,
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  int32,
  jsonBody,
  okJson,
  pageParameters,
  v3BodyErrors,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { BrokerConfigsController } from './broker-configs.controller.ts';

const tags: ['Broker configurations (v3)'] = ['Broker configurations (v3)'];
const name = 'compression.type';
const parameters = [clusterIdParameter, brokerIdParameter];
const one = [...parameters, configNameParameter(name)];
const url = `${exampleCluster}/brokers/1/configs`;
const example = {
  kind: 'KafkaBrokerConfig',
  metadata: { self: `${url}/${name}`, resource_name: `${exampleCrn}/broker=1/config=${name}` },
  ...configExample(exampleClusterId, name, 'producer', { broker_id: 1 }),
};
const list = (self: string): object => ({
  kind: 'KafkaBrokerConfigList',
  metadata: { self, next: null },
  data: [example],
});
const noBroker: readonly DocumentedError[] = [
  restErrors.notFound,
  [restErrors.entityNotFound, 'Broker 9 cannot be found.'],
];
const refused: DocumentedError = [
  restErrors.invalidKafkaRequest,
  'Invalid value abc for configuration log.retention.ms: Not a number of type LONG',
];

export const brokerConfigsDoc = controllerDoc(
  BrokerConfigsController,
  {
    listAll: {
      operationId: 'listKafkaAllBrokersConfigs',
      tags,
      summary: 'List the configuration of all brokers',
      description: 'By broker and name. One request to each broker, at one time.',
      parameters: [clusterIdParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The entries', 'KafkaBrokerConfigList', list(`${exampleCluster}/brokers/-/configs`)),
        },
        [wrongCluster],
      ),
    },
    list: {
      operationId: 'listKafkaBrokerConfigs',
      tags,
      summary: 'List the configuration of a broker',
      parameters: [...parameters, ...pageParameters],
      responses: v3Responses(
        { 200: okJson('The entries, set and default, by name', 'KafkaBrokerConfigList', list(url)) },
        noBroker,
      ),
    },
    get: {
      operationId: 'getKafkaBrokerConfig',
      tags,
      summary: 'Get a configuration entry of a broker',
      parameters: one,
      responses: v3Responses({ 200: okJson('The entry', 'KafkaBrokerConfig', example) }, noBroker),
    },
    update: {
      operationId: 'updateKafkaBrokerConfig',
      tags,
      summary: 'Set a configuration entry of a broker',
      parameters: one,
      requestBody: jsonBody('UpdateConfigRequest', { value: { value: 'gzip' } }),
      responses: v3Responses({ 204: noContent('It is set') }, [...noBroker, refused, ...v3BodyErrors]),
    },
    reset: {
      operationId: 'deleteKafkaBrokerConfig',
      tags,
      summary: 'Take a configuration entry of a broker back to its default',
      parameters: one,
      responses: v3Responses({ 204: noContent('It is reset') }, [...noBroker, refused]),
    },
    alter: {
      operationId: 'updateKafkaBrokerConfigBatch',
      tags,
      summary: 'Change some of the configuration of a broker',
      description: 'All of the changes are made, or none. What is not named stays as it is.',
      parameters,
      requestBody: jsonBody('AlterConfigsRequest', {
        changes: { data: [{ name, value: 'gzip' }] },
        reset: { data: [{ name, operation: 'DELETE' }] },
      }),
      responses: v3Responses({ 204: noContent('Done') }, [...noBroker, refused, ...v3BodyErrors]),
    },
  },
  {
    KafkaBrokerConfig: entitySchema('KafkaBrokerConfig', configFieldSchemas({ broker_id: int32 })),
    KafkaBrokerConfigList: entityListSchema('KafkaBrokerConfigList', 'KafkaBrokerConfig'),
  },
);
