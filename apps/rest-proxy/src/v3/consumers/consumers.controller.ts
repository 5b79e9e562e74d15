import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ConsumerGroupsService } from '#libs/metadata/consumer-groups.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { consumerBody } from './consumer-body.ts';
import { membersOf } from './group-members.ts';

const listConsumers: Endpoint = { name: 'api.v3.consumers.list', consumes: [], produces: [json] };
const getConsumer: Endpoint = { name: 'api.v3.consumers.get', consumes: [], produces: [json] };

@Controller('v3/clusters/:clusterId/consumer-groups/:group/consumers')
export class V3ConsumersController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly groups: ConsumerGroupsService,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listConsumers);
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const page = pageOf(req, await membersOf(this.groups, group), ({ memberId }) => memberId);
    const self = address.url('consumer-groups', group, 'consumers');
    const list = pagedList(req, 'KafkaConsumerList', self, page, (member) =>
      consumerBody(group, member, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':consumer')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getConsumer);
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const id = pathParam(req, 'consumer');
    const member = (await membersOf(this.groups, group)).find(({ memberId }) => memberId === id);
    if (member === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(consumerBody(group, member, address)));
  }
}
