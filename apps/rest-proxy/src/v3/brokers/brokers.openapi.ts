import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import {
  brokerIdParameter,
  exampleCluster,
  exampleClusterId,
  exampleCrn,
  int32,
  okJson,
  pageParameters,
  text,
  v3Responses,
  wrongCluster,
} from '../v3.openapi.ts';
import { V3BrokersController } from './brokers.controller.ts';

const tags: ['Brokers (v3)'] = ['Brokers (v3)'];
const url = `${exampleCluster}/brokers/1`;
const example = {
  kind: 'KafkaBroker',
  metadata: { self: url, resource_name: `${exampleCrn}/broker=1` },
  cluster_id: exampleClusterId,
  broker_id: 1,
  host: 'kafka-1.example.com',
  port: 9092,
  rack: null,
  configs: { related: `${url}/configs` },
  partition_replicas: { related: `${url}/partition-replicas` },
};

export const v3BrokersDoc = controllerDoc(
  V3BrokersController,
  {
    list: {
      operationId: 'listKafkaBrokers',
      tags,
      summary: 'List the brokers',
      parameters: [clusterIdParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The brokers that are up', 'KafkaBrokerList', {
            kind: 'KafkaBrokerList',
            metadata: { self: `${exampleCluster}/brokers`, next: null },
            data: [example],
          }),
        },
        [wrongCluster],
      ),
    },
    get: {
      operationId: 'getKafkaBroker',
      tags,
      summary: 'Get a broker',
      parameters: [clusterIdParameter, brokerIdParameter],
      responses: v3Responses({ 200: okJson('The broker', 'KafkaBroker', example) }, [
        wrongCluster,
        restErrors.notFound,
      ]),
    },
  },
  {
    KafkaBroker: entitySchema('KafkaBroker', {
      cluster_id: text,
      broker_id: int32,
      host: text,
      port: int32,
      rack: { type: ['string', 'null'] },
      configs: related,
      partition_replicas: related,
    }),
    KafkaBrokerList: entityListSchema('KafkaBrokerList', 'KafkaBroker'),
  },
);
