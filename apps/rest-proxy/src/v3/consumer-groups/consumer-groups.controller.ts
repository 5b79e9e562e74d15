import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ConsumerGroupsService } from '#libs/metadata/consumer-groups.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { consumerGroupBody } from './consumer-group-body.ts';

const listGroups: Endpoint = { name: 'api.v3.consumer-groups.list', consumes: [], produces: [json] };
const getGroup: Endpoint = { name: 'api.v3.consumer-groups.get', consumes: [], produces: [json] };

@Controller('v3/clusters/:clusterId/consumer-groups')
export class ConsumerGroupsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly groups: ConsumerGroupsService,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listGroups);
    const address = await this.cluster.ofGroups(req);
    const { items, next } = pageOf(req, await this.groups.list(), ({ groupId }) => groupId);
    const page = { items: await this.groups.describe(items), next };
    const list = pagedList(req, 'KafkaConsumerGroupList', address.url('consumer-groups'), page, (group) =>
      consumerGroupBody(group, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':group')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getGroup);
    const address = await this.cluster.ofGroups(req);
    const group = await this.groups.get(pathParam(req, 'group'));
    if (group === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(consumerGroupBody(group, address)));
  }
}
