import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import { topicErrors, type DocumentedError } from '../../openapi/responses.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import {
  bool,
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
import { ReplicasController } from './replicas.controller.ts';

const tags: ['Partitions (v3)'] = ['Partitions (v3)'];
const url = `${exampleCluster}/topics/test/partitions/0/replicas`;
const example = {
  kind: 'KafkaReplica',
  metadata: { self: `${url}/1`, resource_name: `${exampleCrn}/topic=test/partition=0/replica=1` },
  cluster_id: exampleClusterId,
  topic_name: 'test',
  partition_id: 0,
  broker_id: 1,
  is_leader: true,
  is_in_sync: true,
  broker: { related: `${exampleCluster}/brokers/1` },
};
const list = (self: string): object => ({
  kind: 'KafkaReplicaList',
  metadata: { self, next: null },
  data: [example],
});
const noPartition: DocumentedError = [
  restErrors.entityNotFound,
  'Partition 77 of topic test could not be found on cluster MkU3OEVBNTcwNTJENDM2Qg.',
];

export const replicasDoc = controllerDoc(
  ReplicasController,
  {
    list: {
      operationId: 'listKafkaReplicas',
      tags,
      summary: 'List the replicas of a partition',
      description: 'The preferred leader comes first.',
      parameters: [clusterIdParameter, topicParameter, partitionParameter],
      responses: v3Responses({ 200: okJson('The replicas', 'KafkaReplicaList', list(url)) }, [
        wrongCluster,
        restErrors.notFound,
        noPartition,
        ...topicErrors,
      ]),
    },
    get: {
      operationId: 'getKafkaReplica',
      tags,
      summary: 'Get a replica of a partition',
      parameters: [clusterIdParameter, topicParameter, partitionParameter, brokerIdParameter],
      responses: v3Responses({ 200: okJson('The replica', 'KafkaReplica', example) }, [
        wrongCluster,
        restErrors.notFound,
        noPartition,
        ...topicErrors,
      ]),
    },
    searchByBroker: {
      operationId: 'searchKafkaReplicasByBroker',
      tags,
      summary: 'List the replicas on a broker',
      description: 'Of all topics, internal ones too. One request to Kafka whatever their number.',
      parameters: [clusterIdParameter, brokerIdParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson(
            'The replicas',
            'KafkaReplicaList',
            list(`${exampleCluster}/brokers/1/partition-replicas`),
          ),
        },
        [wrongCluster, restErrors.notFound, [restErrors.entityNotFound, 'Broker 9 cannot be found.']],
      ),
    },
  },
  {
    KafkaReplica: entitySchema('KafkaReplica', {
      cluster_id: text,
      topic_name: text,
      partition_id: int32,
      broker_id: int32,
      is_leader: bool,
      is_in_sync: bool,
      broker: related,
    }),
    KafkaReplicaList: entityListSchema('KafkaReplicaList', 'KafkaReplica'),
  },
);
