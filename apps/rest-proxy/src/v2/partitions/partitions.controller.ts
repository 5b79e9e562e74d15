import { Controller, Get, Req, Res } from '@nestjs/common';
import { PartitionsService } from '#libs/metadata/partitions.service.ts';
import { kafkaV2Json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { offsetsJson, partitionBody } from './partition-body.ts';

const listPartitions: Endpoint = {
  name: 'api.v2.partitions.list',
  consumes: [],
  produces: [kafkaV2Json],
};
const getPartition: Endpoint = { name: 'api.v2.partitions.get', consumes: [], produces: [kafkaV2Json] };
const getOffsets: Endpoint = {
  name: 'api.v2.partitions.get-offsets',
  consumes: [],
  produces: [kafkaV2Json],
};

@Controller('topics/:topic/partitions')
export class PartitionsController {
  constructor(private readonly partitions: PartitionsService) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listPartitions);
    const partitions = await this.partitions.list(pathParam(req, 'topic'));
    sendJson(res, 200, contentType, JSON.stringify(partitions.map(partitionBody)));
  }

  @Get(':partition')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getPartition);
    const partition = await this.partitions.get(pathParam(req, 'topic'), partitionOf(req));
    sendJson(res, 200, contentType, JSON.stringify(partitionBody(partition)));
  }

  @Get(':partition/offsets')
  async offsets(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getOffsets);
    const offsets = await this.partitions.offsets(pathParam(req, 'topic'), partitionOf(req));
    sendJson(res, 200, contentType, offsetsJson(offsets));
  }
}

function partitionOf(req: RestRequest): number {
  return intParam(pathParam(req, 'partition'), 'partition');
}
