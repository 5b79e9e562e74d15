import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ConsumerGroupLagsService, type PartitionLag } from '#libs/metadata/consumer-group-lags.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { consumerLagBody } from './consumer-lag-body.ts';
import { lagsOf } from './group-lags.ts';

const listLags: Endpoint = { name: 'api.v3.consumer-lags.list', consumes: [], produces: [json] };
const getLag: Endpoint = { name: 'api.v3.consumer-lags.get', consumes: [], produces: [json] };

@Controller('v3/clusters/:clusterId/consumer-groups/:group/lags')
export class ConsumerLagsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly lags: ConsumerGroupLagsService,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listLags);
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const page = pageOf(req, await lagsOf(this.lags, group, noLags), keyOf);
    const self = address.url('consumer-groups', group, 'lags');
    const list = pagedList(req, 'KafkaConsumerLagList', self, page, (lag) =>
      consumerLagBody(group, lag, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':topic/partitions/:partition')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getLag);
    const partition = intParam(pathParam(req, 'partition'), 'partition');
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const topic = pathParam(req, 'topic');
    const found = (await lagsOf(this.lags, group, noLags)).find(
      (lag) => lag.topic === topic && lag.partition === partition,
    );
    if (found === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(consumerLagBody(group, found, address)));
  }
}

function noLags(): ReturnType<typeof restErrors.entityNotFound> {
  return restErrors.entityNotFound('Consumer lags not found.');
}

const moreThanAnyLag = 2n ** 63n;

/** In the order of the list, which has the largest lag first. */
function keyOf({ lag, topic, partition }: PartitionLag): string {
  return `${String(moreThanAnyLag - lag).padStart(19, '0')} ${topic} ${numberKey(partition)}`;
}
