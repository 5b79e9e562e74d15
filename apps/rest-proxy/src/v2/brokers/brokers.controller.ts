import { Controller, Get, Req, Res } from '@nestjs/common';
import { BrokersService } from '#libs/metadata/brokers.service.ts';
import { kafkaV2Json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';

const listBrokers: Endpoint = { name: 'api.v2.brokers.list', consumes: [], produces: [kafkaV2Json] };

@Controller('brokers')
export class BrokersController {
  constructor(private readonly brokers: BrokersService) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listBrokers);
    const brokers = await this.brokers.list();
    sendJson(res, 200, contentType, JSON.stringify({ brokers: brokers.map(({ id }) => id) }));
  }
}
