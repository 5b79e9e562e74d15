import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { readStringMap } from '../../http/json-body.ts';
import { kafkaV2Json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';

const getRoot: Endpoint = { name: 'api.v2.root.get', consumes: [], produces: [kafkaV2Json] };
const postRoot: Endpoint = { name: 'api.v2.root.post', consumes: [kafkaV2Json], produces: [kafkaV2Json] };

/** Tells that there is a proxy. */
@Controller()
export class RootController {
  @Get()
  get(@Req() req: RestRequest, @Res() res: RestResponse): void {
    sendJson(res, 200, negotiate(req, getRoot).contentType, '{}');
  }

  @Post()
  @HttpCode(200)
  async post(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, postRoot);
    await readStringMap(req);
    sendJson(res, 200, contentType, '{}');
  }
}
