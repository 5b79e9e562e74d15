import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { TopicPattern, TopicPatternError } from '#libs/consumers/topic-pattern.ts';
import { TopicPatterns } from '#libs/consumers/topic-patterns.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { getSubscription, subscribe, unsubscribe } from './consumer-endpoints.ts';
import { instanceOf, instancePath } from './consumer-path.ts';
import { SubscriptionDto } from './subscription.dto.ts';

@Controller(`${instancePath}/subscription`)
export class SubscriptionController {
  constructor(
    private readonly instances: ConsumerInstances,
    private readonly patterns: TopicPatterns,
  ) {}

  @Post()
  async subscribe(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, subscribe);
    const { topics, topic_pattern: source } = await readRequiredJson(req, SubscriptionDto);
    const instance = instanceOf(req, this.instances);
    if (topics !== undefined) await instance.subscribe(topics);
    else if (source !== undefined) await instance.subscribePattern(await this.#pattern(source));
    sendNoContent(res);
  }

  @Get()
  get(@Req() req: RestRequest, @Res() res: RestResponse): void {
    const { contentType } = negotiate(req, getSubscription);
    const topics = instanceOf(req, this.instances).subscription();
    sendJson(res, 200, contentType, JSON.stringify({ topics }));
  }

  @Delete()
  async unsubscribe(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, unsubscribe);
    await instanceOf(req, this.instances).unsubscribe();
    sendNoContent(res);
  }

  async #pattern(source: string): Promise<TopicPattern> {
    try {
      return await this.patterns.of(source);
    } catch (error) {
      if (!(error instanceof TopicPatternError)) throw error;
      throw restErrors.unprocessable(`topic_pattern ${error.message}`, { cause: error });
    }
  }
}
