import { Controller, Delete, Post, Req, Res } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { readJson } from '../../http/json-body.ts';
import { link } from '../../http/links.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { createConsumer, deleteConsumer } from './consumer-endpoints.ts';
import { CreateConsumerDto } from './create-consumer.dto.ts';
import { newConsumerInstance } from './create-consumer.mapper.ts';

@Controller('consumers')
export class ConsumersController {
  constructor(private readonly instances: ConsumerInstances) {}

  @Post(':group')
  async create(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, createConsumer);
    const group = pathParam(req, 'group');
    const body = await readJson(req, CreateConsumerDto);
    const { id } = await this.instances.create(newConsumerInstance(group, body), req.context.requestId);
    const answer = {
      instance_id: id,
      base_uri: link(req, 'consumers', group, 'instances', id),
    };
    sendJson(res, 200, contentType, JSON.stringify(answer));
  }

  @Delete(':group/instances/:instance')
  async delete(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, deleteConsumer);
    await this.instances.delete(pathParam(req, 'group'), pathParam(req, 'instance'), req.context.requestId);
    sendNoContent(res);
  }
}
