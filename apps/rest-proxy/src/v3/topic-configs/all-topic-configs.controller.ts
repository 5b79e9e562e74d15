import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ConfigChanges } from '#libs/kafka/kafka-admin.ts';
import { ConfigsService, type FailedChange } from '#libs/metadata/configs.service.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { restErrorOfKafka } from '../../http/kafka-errors.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendPieces } from '../../http/respond-pieces.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { AlterTopicsConfigsDto } from '../configs/alter-configs.dto.ts';
import { configChange, missingBody } from '../configs/config-bodies.ts';
import { nextUrl, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { topicConfigBody } from './topic-config-body.ts';

const listConfigs: Endpoint = { name: 'api.v3.topic-configs.list', consumes: [], produces: [json] };
const alterConfigs: Endpoint = {
  name: 'api.v3.topic-configs.alter-multi',
  consumes: [json],
  produces: [json],
};

/** Configuration of many topics at one time. */
@Controller('v3/clusters/:clusterId/topics/-')
export class AllTopicConfigsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly configs: ConfigsService,
  ) {}

  /** One request to Kafka for the names and one for each 200 topics. A page is one of topics, not of entries. */
  @Get('configs')
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listConfigs);
    const address = await this.cluster.of(req);
    const { items, next } = pageOf(req, await this.configs.topicNames(), (name) => name);
    const self = address.url('topics', '-', 'configs');
    const metadata = { self, next: next === undefined ? null : nextUrl(req, self, next) };
    await sendPieces(res, contentType, this.pieces(metadata, items, address));
  }

  @Post('configs\\:alter')
  async alter(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, alterConfigs);
    const body = await readRequiredJson(req, AlterTopicsConfigsDto, missingBody);
    await this.cluster.ofConfigs(req);
    const all = changesOf(body);
    const unknown = await this.configs.unknownNames(all);
    if (unknown.length > 0) throw restErrors.notFound();
    const failures = await this.configs.alterAll(all, { validateOnly: body.validate_only ?? false });
    if (failures.length === 0) sendNoContent(res);
    else sendJson(res, 207, contentType, JSON.stringify({ failures: failures.map(failureBody) }));
  }

  private async *pieces(
    metadata: { readonly self: string; readonly next: string | null },
    names: readonly string[],
    address: ClusterAddress,
  ): AsyncGenerator<string, void> {
    let before = `{"kind":"KafkaTopicConfigList","metadata":${JSON.stringify(metadata)},"data":[`;
    for await (const topics of this.configs.ofTopics(names)) {
      // A piece a topic: others get their turn between them.
      for (const { topic, entries } of topics) {
        const bodies = entries.map((entry) => JSON.stringify(topicConfigBody(topic, entry, address)));
        if (bodies.length === 0) continue;
        yield before + bodies.join(',');
        before = ',';
      }
    }
    yield before === ',' ? ']}' : `${before}]}`;
  }
}

/** The last word on a topic that is named twice counts, as in the original. */
function changesOf(body: AlterTopicsConfigsDto): readonly ConfigChanges[] {
  const byTopic = new Map(body.data.map(({ topic_name: name, configs }) => [name, configs]));
  return [...byTopic].map(([name, configs]) => ({
    resource: { type: 'topic', name },
    changes: configs.map(configChange),
  }));
}

function failureBody({ resource, error }: FailedChange): {
  readonly topic_name: string;
  readonly error_code: number;
  readonly message: string;
} {
  const { errorCode, message } = restErrorOfKafka(error);
  return { topic_name: resource.type === 'topic' ? resource.name : '', error_code: errorCode, message };
}
