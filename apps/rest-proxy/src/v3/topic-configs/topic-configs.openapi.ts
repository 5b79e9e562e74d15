import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, topicParameter } from '../../openapi/parameters.ts';
import { noContent, topicErrors, type DocumentedError } from '../../openapi/responses.ts';
import { alterConfigSchemas, configExample, configFieldSchemas } from '../configs/configs.openapi.ts';
import { entityListSchema, entitySchema } from '../entity.openapi.ts';
import {
  configNameParameter,
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  jsonBody,
  okJson,
  pageParameters,
  text,
  v3BodyErrors,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { AllTopicConfigsController } from './all-topic-configs.controller.ts';
import { TopicConfigsController } from './topic-configs.controller.ts';

const tags: ['Topic configurations (v3)'] = ['Topic configurations (v3)'];
const nameParameter = configNameParameter('retention.ms');
const url = `${exampleCluster}/topics/test/configs`;
const example = {
  kind: 'KafkaTopicConfig',
  metadata: {
    self: `${url}/retention.ms`,
    resource_name: `${exampleCrn}/topic=test/config=retention.ms`,
  },
  ...configExample(exampleClusterId, 'retention.ms', '604800000', { topic_name: 'test' }),
};
const list = (self: string): object => ({
  kind: 'KafkaTopicConfigList',
  metadata: { self, next: null },
  data: [example],
});
const noConfig: DocumentedError = [
  restErrors.entityNotFound,
  'Config nope cannot be found for TOPIC test in cluster MkU3OEVBNTcwNTJENDM2Qg.',
];

export const topicConfigsDoc = controllerDoc(
  TopicConfigsController,
  {
    list: {
      operationId: 'listKafkaTopicConfigs',
      tags,
      summary: 'List the configuration of a topic',
      parameters: [clusterIdParameter, topicParameter, ...pageParameters],
      responses: v3Responses(
        { 200: okJson('The entries, set and default, by name', 'KafkaTopicConfigList', list(url)) },
        [restErrors.notFound, ...topicErrors],
      ),
    },
    get: {
      operationId: 'getKafkaTopicConfig',
      tags,
      summary: 'Get a configuration entry of a topic',
      parameters: [clusterIdParameter, topicParameter, nameParameter],
      responses: v3Responses({ 200: okJson('The entry', 'KafkaTopicConfig', example) }, [
        restErrors.notFound,
        ...topicErrors,
      ]),
    },
    update: {
      operationId: 'updateKafkaTopicConfig',
      tags,
      summary: 'Set a configuration entry of a topic',
      parameters: [clusterIdParameter, topicParameter, nameParameter],
      requestBody: jsonBody('UpdateConfigRequest', { value: { value: '86400000' } }),
      responses: v3Responses({ 204: noContent('It is set') }, [
        restErrors.notFound,
        noConfig,
        ...topicErrors,
        ...v3BodyErrors,
      ]),
    },
    reset: {
      operationId: 'deleteKafkaTopicConfig',
      tags,
      summary: 'Take a configuration entry of a topic back to its default',
      parameters: [clusterIdParameter, topicParameter, nameParameter],
      responses: v3Responses({ 204: noContent('It is reset') }, [
        restErrors.notFound,
        noConfig,
        ...topicErrors,
      ]),
    },
    alter: {
      operationId: 'updateKafkaTopicConfigBatch',
      tags,
      summary: 'Change some of the configuration of a topic',
      description: 'All of the changes are made, or none. What is not named stays as it is.',
      parameters: [clusterIdParameter, topicParameter],
      requestBody: jsonBody('AlterConfigsRequest', {
        changes: {
          data: [{ name: 'retention.ms', value: '86400000' }],
        },
        check: { data: [{ name: 'retention.ms', operation: 'DELETE' }], validate_only: true },
      }),
      responses: v3Responses({ 204: noContent('Done') }, [
        restErrors.notFound,
        ...topicErrors,
        ...v3BodyErrors,
      ]),
    },
  },
  {
    KafkaTopicConfig: entitySchema('KafkaTopicConfig', configFieldSchemas({ topic_name: text })),
    KafkaTopicConfigList: entityListSchema('KafkaTopicConfigList', 'KafkaTopicConfig'),
    ...alterConfigSchemas,
  },
);

export const allTopicConfigsDoc = controllerDoc(AllTopicConfigsController, {
  list: {
    operationId: 'listKafkaAllTopicConfigs',
    tags,
    summary: 'List the configuration of all topics',
    description:
      'By topic and name. One request to Kafka for the names and one for each 200 topics; the answer is sent while they are asked. `page_size` counts topics, not entries.',
    parameters: [clusterIdParameter, ...pageParameters],
    responses: v3Responses(
      {
        200: okJson('The entries', 'KafkaTopicConfigList', list(`${exampleCluster}/topics/-/configs`)),
      },
      [wrongCluster],
    ),
  },
  alter: {
    operationId: 'updateKafkaAllTopicConfigsBatch',
    tags,
    summary: 'Change the configuration of several topics',
    description:
      'All changes of one topic are made, or none; a topic that fails leaves the others. Nothing is changed when a topic or the name of an entry does not exist.',
    parameters: [clusterIdParameter],
    requestBody: jsonBody('AlterTopicsConfigsRequest', {
      changes: {
        data: [{ topic_name: 'test', configs: [{ name: 'retention.ms', value: '86400000' }] }],
      },
    }),
    responses: v3Responses(
      {
        204: noContent('Done'),
        207: okJson('Some topics were refused', 'AlterTopicsConfigsFailures', {
          failures: [
            {
              topic_name: 'test',
              error_code: 40002,
              message: 'Invalid value abc for configuration retention.ms: Not a number of type LONG',
            },
          ],
        }),
      },
      [restErrors.notFound, ...topicErrors, ...v3BodyErrors],
    ),
  },
});
