import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { assign, getAssignments } from './consumer-endpoints.ts';
import { instanceOf, instancePath } from './consumer-path.ts';
import { TopicPartitionsDto } from './topic-partitions.dto.ts';

@Controller(`${instancePath}/assignments`)
export class AssignmentsController {
  constructor(private readonly instances: ConsumerInstances) {}

  @Post()
  async assign(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, assign);
    const { partitions } = await readRequiredJson(req, TopicPartitionsDto);
    await instanceOf(req, this.instances).assign(partitions);
    sendNoContent(res);
  }

  @Get()
  get(@Req() req: RestRequest, @Res() res: RestResponse): void {
    const { contentType } = negotiate(req, getAssignments);
    const assigned = instanceOf(req, this.instances).assignment();
    const partitions = assigned.map(({ topic, partition }) => ({ topic, partition }));
    sendJson(res, 200, contentType, JSON.stringify({ partitions }));
  }
}
