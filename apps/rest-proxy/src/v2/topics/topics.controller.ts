import { Controller, Get, Req, Res } from '@nestjs/common';
import { TopicsService } from '#libs/metadata/topics.service.ts';
import { kafkaV2Json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { topicBody } from './topic-body.ts';

const listTopics: Endpoint = { name: 'api.v2.topics.list', consumes: [], produces: [kafkaV2Json] };
const getTopic: Endpoint = { name: 'api.v2.topics.get', consumes: [], produces: [kafkaV2Json] };

@Controller('topics')
export class TopicsController {
  constructor(private readonly topics: TopicsService) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listTopics);
    sendJson(res, 200, contentType, JSON.stringify(await this.topics.names()));
  }

  @Get(':topic')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getTopic);
    const topic = await this.topics.describe(pathParam(req, 'topic'));
    sendJson(res, 200, contentType, JSON.stringify(topicBody(topic)));
  }
}
