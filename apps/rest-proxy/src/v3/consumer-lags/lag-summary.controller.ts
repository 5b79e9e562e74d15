import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ConsumerGroupLagsService } from '#libs/metadata/consumer-group-lags.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { lagsOf } from './group-lags.ts';
import { lagSummaryBody } from './lag-summary-body.ts';

const getSummary: Endpoint = {
  name: 'api.v3.consumer-group-lag-summary.get',
  consumes: [],
  produces: [json],
};

@Controller('v3/clusters/:clusterId/consumer-groups/:group/lag-summary')
export class LagSummaryController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly lags: ConsumerGroupLagsService,
  ) {}

  @Get()
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getSummary);
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const lags = await lagsOf(this.lags, group, () =>
      restErrors.entityNotFound('Consumer group offsets could not be found.'),
    );
    sendJson(res, 200, contentType, JSON.stringify(lagSummaryBody(group, lags, address)));
  }
}
