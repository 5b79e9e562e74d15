import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { BrokersService } from '#libs/metadata/brokers.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { brokerBody } from './broker-body.ts';

const listBrokers: Endpoint = { name: 'api.v3.brokers.list', consumes: [], produces: [json] };
const getBroker: Endpoint = { name: 'api.v3.brokers.get', consumes: [], produces: [json] };

@Controller('v3/clusters/:clusterId/brokers')
export class V3BrokersController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly brokers: BrokersService,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listBrokers);
    const address = await this.cluster.of(req);
    const page = pageOf(req, await this.brokers.list(), ({ id }) => numberKey(id));
    const list = pagedList(req, 'KafkaBrokerList', address.url('brokers'), page, (broker) =>
      brokerBody(broker, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':brokerId')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getBroker);
    const id = intParam(pathParam(req, 'brokerId'), 'brokerId');
    const address = await this.cluster.of(req);
    const broker = await this.brokers.get(id);
    if (broker === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(brokerBody(broker, address)));
  }
}
