import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { PartitionsService } from '#libs/metadata/partitions.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, queryOf, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { namedPartition, withPartitionNamed } from './named-partition.ts';
import { partitionBody, partitionOffsetsJson } from './partition-body.ts';

const listPartitions: Endpoint = { name: 'api.v3.partitions.list', consumes: [], produces: [json] };
const getPartition: Endpoint = { name: 'api.v3.partitions.get', consumes: [], produces: [json] };
const getOffsets: Endpoint = { name: 'api.v3.partitions.list.offsets', consumes: [], produces: [json] };

const onlyOffsetType = 'earliest_and_latest';

@Controller('v3/clusters/:clusterId/topics/:topic/partitions')
export class V3PartitionsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly partitions: PartitionsService,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listPartitions);
    const address = await this.cluster.of(req);
    const topic = pathParam(req, 'topic');
    const all = await this.partitions.list(topic);
    const page = pageOf(req, all, ({ partition }) => numberKey(partition));
    const self = address.url('topics', topic, 'partitions');
    const list = pagedList(req, 'KafkaPartitionList', self, page, (partition) =>
      partitionBody(topic, partition, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':partition')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getPartition);
    const named = namedPartition(req);
    const address = await this.cluster.of(req);
    const partitions = await withPartitionNamed(named, this.partitions.list(named.topic));
    const found = partitions.find(({ partition }) => partition === named.partition);
    if (found === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(partitionBody(named.topic, found, address)));
  }

  @Get(':partition/offset')
  async offset(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getOffsets);
    const named = namedPartition(req);
    const type = queryOf(req).get('offset_type') ?? onlyOffsetType;
    if (type !== onlyOffsetType) throw restErrors.malformed(`offset_type:${type} is invalid`);
    const address = await this.cluster.of(req);
    const { topic, partition } = named;
    const offsets = await withPartitionNamed(named, this.partitions.offsets(topic, partition));
    sendJson(res, 200, contentType, partitionOffsetsJson(topic, partition, offsets, address));
  }
}
