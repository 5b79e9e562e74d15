import { restErrors } from '#libs/errors/rest-errors.ts';
import { json } from '../../http/media-types.ts';
import { controllerDoc } from '../../openapi/controller-doc.ts';
import { clusterIdParameter } from '../../openapi/parameters.ts';
import {
  commonErrors,
  content,
  errorResponses,
  kafkaErrors,
  ok,
  schemaRef,
} from '../../openapi/responses.ts';
import { entityListSchema, entitySchema, entitySchemas, related } from '../entity.openapi.ts';
import { ClustersController } from './clusters.controller.ts';

const url = 'http://localhost:8082/v3/clusters';
const id = 'MkU3OEVBNTcwNTJENDM2Qg';
const example = {
  kind: 'KafkaCluster',
  metadata: { self: `${url}/${id}`, resource_name: `crn:///kafka=${id}` },
  cluster_id: id,
  controller: { related: `${url}/${id}/brokers/1` },
  acls: { related: `${url}/${id}/acls` },
  brokers: { related: `${url}/${id}/brokers` },
  broker_configs: { related: `${url}/${id}/broker-configs` },
  consumer_groups: { related: `${url}/${id}/consumer-groups` },
  topics: { related: `${url}/${id}/topics` },
  partition_reassignments: { related: `${url}/${id}/topics/-/partitions/-/reassignment` },
};

export const clustersDoc = controllerDoc(
  ClustersController,
  {
    list: {
      operationId: 'listKafkaClusters',
      tags: ['Clusters (v3)'],
      summary: 'List the clusters',
      description: 'The one that the proxy is connected to.',
      responses: {
        200: ok(
          'The clusters',
          content([json], schemaRef('KafkaClusterList'), {
            clusters: {
              kind: 'KafkaClusterList',
              metadata: { self: url, next: null },
              data: [example],
            },
          }),
        ),
        ...errorResponses([json], [...commonErrors, ...kafkaErrors]),
      },
    },
    get: {
      operationId: 'getKafkaCluster',
      tags: ['Clusters (v3)'],
      summary: 'Get a cluster',
      parameters: [clusterIdParameter],
      responses: {
        200: ok('The cluster', content([json], schemaRef('KafkaCluster'), { cluster: example })),
        ...errorResponses([json], [...commonErrors, restErrors.notFound, ...kafkaErrors]),
      },
    },
  },
  {
    ...entitySchemas,
    KafkaCluster: entitySchema('KafkaCluster', {
      cluster_id: { type: 'string' },
      controller: { oneOf: [related, { type: 'null' }], description: 'null while the cluster has none.' },
      acls: related,
      brokers: related,
      broker_configs: related,
      consumer_groups: related,
      topics: related,
      partition_reassignments: related,
    }),
    KafkaClusterList: entityListSchema('KafkaClusterList', 'KafkaCluster'),
  },
);
