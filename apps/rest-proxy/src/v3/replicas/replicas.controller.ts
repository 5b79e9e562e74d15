import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { PartitionMetadata } from '#libs/kafka/kafka-types.ts';
import { BrokersService } from '#libs/metadata/brokers.service.ts';
import { PartitionsService } from '#libs/metadata/partitions.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { entityList } from '../entity.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { namedPartition, withPartitionNamed } from '../partitions/named-partition.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { replicaBody } from './replica-body.ts';

const listReplicas: Endpoint = { name: 'api.v3.replicas.list', consumes: [], produces: [json] };
const getReplica: Endpoint = { name: 'api.v3.replicas.get', consumes: [], produces: [json] };
const searchByBroker: Endpoint = {
  name: 'api.v3.replicas.search-by-broker',
  consumes: [],
  produces: [json],
};

@Controller('v3/clusters/:clusterId')
export class ReplicasController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly partitions: PartitionsService,
    private readonly brokers: BrokersService,
  ) {}

  @Get('topics/:topic/partitions/:partition/replicas')
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listReplicas);
    const { topic, partition } = namedPartition(req);
    const address = await this.cluster.of(req);
    const found = await this.partitionOf(req, address);
    // The preferred leader comes first.
    const data = found.replicas.map((broker) => replicaBody(topic, found, broker, address));
    const self = address.url('topics', topic, 'partitions', partition, 'replicas');
    sendJson(res, 200, contentType, JSON.stringify(entityList('KafkaReplicaList', self, data)));
  }

  @Get('topics/:topic/partitions/:partition/replicas/:brokerId')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getReplica);
    const broker = intParam(pathParam(req, 'brokerId'), 'brokerId');
    const { topic } = namedPartition(req);
    const address = await this.cluster.of(req);
    const found = await this.partitionOf(req, address);
    if (!found.replicas.includes(broker)) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(replicaBody(topic, found, broker, address)));
  }

  @Get('brokers/:brokerId/partition-replicas')
  async searchByBroker(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, searchByBroker);
    const broker = intParam(pathParam(req, 'brokerId'), 'brokerId');
    const address = await this.cluster.of(req);
    if (!(await this.brokers.has(broker))) {
      throw restErrors.entityNotFound(`Broker ${broker} cannot be found.`);
    }
    const all = await this.brokers.partitionsOn(broker);
    const page = pageOf(req, all, ({ topic, partition }) => `${topic} ${numberKey(partition)}`);
    const self = address.url('brokers', broker, 'partition-replicas');
    const list = pagedList(req, 'KafkaReplicaList', self, page, (partition) =>
      replicaBody(partition.topic, partition, broker, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  private async partitionOf(req: RestRequest, { clusterId }: ClusterAddress): Promise<PartitionMetadata> {
    const named = namedPartition(req);
    const all = await withPartitionNamed(named, this.partitions.list(named.topic));
    const found = all.find(({ partition }) => partition === named.partition);
    if (found === undefined) {
      const { topic, partition } = named;
      const text = `Partition ${partition} of topic ${topic} could not be found on cluster ${clusterId}.`;
      throw restErrors.entityNotFound(text);
    }
    return found;
  }
}
