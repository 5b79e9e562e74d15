import { restErrors } from '#libs/errors/rest-errors.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter, partitionParameter, topicParameter } from '../../openapi/parameters.ts';
import {
  consumerParameter,
  exampleGroupUrl,
  exampleMember,
  groupParameter,
  wrongClusterOfGroups,
} from '../consumer-groups/groups.openapi.ts';
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
} from '../v3.openapi.ts';
import { ConsumerAssignmentsController } from './consumer-assignments.controller.ts';

const tags: ['Consumer groups (v3)'] = ['Consumer groups (v3)'];
const url = `${exampleGroupUrl}/consumers/${exampleMember}/assignments`;
const crn = `${exampleCrn}/consumer-group=my-group/consumer=${exampleMember}`;
const example = {
  kind: 'KafkaConsumerAssignment',
  metadata: { self: `${url}/test/partitions/0`, resource_name: `${crn}/assignment=test/partition=0` },
  cluster_id: exampleClusterId,
  consumer_group_id: 'my-group',
  consumer_id: exampleMember,
  topic_name: 'test',
  partition_id: 0,
  partition: { related: `${exampleCluster}/topics/test/partitions/0` },
  lag: { related: `${exampleGroupUrl}/lags/test/partitions/0` },
};

export const consumerAssignmentsDoc = controllerDoc(
  ConsumerAssignmentsController,
  {
    list: {
      operationId: 'listKafkaConsumerAssignments',
      tags,
      summary: 'List the partitions that a member reads',
      parameters: [clusterIdParameter, groupParameter, consumerParameter, ...pageParameters],
      responses: v3Responses(
        {
          200: okJson('The partitions', 'KafkaConsumerAssignmentList', {
            kind: 'KafkaConsumerAssignmentList',
            metadata: { self: url, next: null },
            data: [example],
          }),
        },
        [wrongClusterOfGroups],
      ),
    },
    get: {
      operationId: 'getKafkaConsumerAssignment',
      tags,
      summary: 'Get a partition that a member reads',
      parameters: [clusterIdParameter, groupParameter, consumerParameter, topicParameter, partitionParameter],
      responses: v3Responses({ 200: okJson('The partition', 'KafkaConsumerAssignment', example) }, [
        wrongClusterOfGroups,
        restErrors.notFound,
      ]),
    },
  },
  {
    KafkaConsumerAssignment: entitySchema('KafkaConsumerAssignment', {
      cluster_id: text,
      consumer_group_id: text,
      consumer_id: text,
      topic_name: text,
      partition_id: int32,
      partition: related,
      lag: related,
    }),
    KafkaConsumerAssignmentList: entityListSchema('KafkaConsumerAssignmentList', 'KafkaConsumerAssignment'),
  },
);
