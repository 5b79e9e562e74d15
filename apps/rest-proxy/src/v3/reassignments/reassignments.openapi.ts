import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import { entityListSchema, entitySchema, related } from '../entity.openapi.ts';
import {
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
import { ReassignmentLinksController } from './reassignment-links.controller.ts';
import { ReassignmentsController } from './reassignments.controller.ts';

const tags: ['Partitions (v3)'] = ['Partitions (v3)'];
const url = `${exampleCluster}/topics/test/partitions/0`;
const example = (noun: string): object => ({
  kind: 'KafkaReassignment',
  metadata: { self: `${url}/${noun}`, resource_name: `${exampleCrn}/topic=test/partition=0/${noun}` },
  cluster_id: exampleClusterId,
  topic_name: 'test',
  partition_id: 0,
  adding_replicas: [2],
  removing_replicas: [1],
  replicas: { related: `${url}/replicas` },
});
const list = (topic: string): object => ({
  kind: 'KafkaReassignmentList',
  metadata: { self: `${exampleCluster}/topics/${topic}/partitions/-/reassignments`, next: null },
  data: [example('reassignments')],
});
const replicas = { type: 'array', items: int32 } as const;

export const reassignmentsDoc = controllerDoc(
  ReassignmentsController,
  {
    list: {
      operationId: 'listKafkaReassignments',
      tags,
      summary: 'List the partitions that move to other brokers',
      parameters: [clusterIdParameter, ...pageParameters],
      responses: v3Responses({ 200: okJson('The reassignments', 'KafkaReassignmentList', list('-')) }, [
        wrongCluster,
      ]),
    },
    searchByTopic: {
      operationId: 'searchKafkaReassignmentsByTopic',
      tags,
      summary: 'List the partitions of a topic that move to other brokers',
      description: 'An empty list also for a topic that does not exist.',
      parameters: [clusterIdParameter, topicParameter, ...pageParameters],
      responses: v3Responses({ 200: okJson('The reassignments', 'KafkaReassignmentList', list('test')) }, [
        wrongCluster,
      ]),
    },
    get: {
      operationId: 'getKafkaReassignment',
      tags,
      summary: 'Get where a partition moves',
      parameters: [clusterIdParameter, topicParameter, partitionParameter],
      responses: v3Responses(
        { 200: okJson('The reassignment', 'KafkaReassignment', example('reassignment')) },
        [wrongCluster, restErrors.notFound],
      ),
    },
  },
  {
    KafkaReassignment: entitySchema('KafkaReassignment', {
      cluster_id: text,
      topic_name: text,
      partition_id: int32,
      adding_replicas: replicas,
      removing_replicas: replicas,
      replicas: related,
    }),
    KafkaReassignmentList: entityListSchema('KafkaReassignmentList', 'KafkaReassignment'),
  },
);

export const reassignmentLinksDoc = controllerDoc(ReassignmentLinksController, {
  list: 'hidden',
  searchByTopic: 'hidden',
  get: 'hidden',
});
