import { Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ConfigResource } from '#libs/kafka/kafka-admin.ts';
import { ConfigsService } from '#libs/metadata/configs.service.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { AlterConfigsDto } from '../configs/alter-configs.dto.ts';
import { configChange, configNotFound, missingBody, readUpdate } from '../configs/config-bodies.ts';
import { pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { topicConfigBody } from './topic-config-body.ts';

const listConfigs: Endpoint = { name: 'api.v3.topic-configs.list', consumes: [], produces: [json] };
const getConfig: Endpoint = { name: 'api.v3.topic-configs.get', consumes: [], produces: [json] };
const updateConfig: Endpoint = { name: 'api.v3.topic-configs.update', consumes: [json], produces: [json] };
const resetConfig: Endpoint = { name: 'api.v3.topic-configs.delete', consumes: [], produces: [json] };
const alterConfigs: Endpoint = { name: 'api.v3.topic-configs.alter', consumes: [json], produces: [json] };

@Controller('v3/clusters/:clusterId/topics/:topic')
export class TopicConfigsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly configs: ConfigsService,
  ) {}

  @Get('configs')
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listConfigs);
    const address = await this.cluster.ofConfigs(req);
    const topic = pathParam(req, 'topic');
    const page = pageOf(req, await this.configs.list(topicOf(req)), ({ name }) => name);
    const self = address.url('topics', topic, 'configs');
    const list = pagedList(req, 'KafkaTopicConfigList', self, page, (entry) =>
      topicConfigBody(topic, entry, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get('configs/:name')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getConfig);
    const address = await this.cluster.ofConfigs(req);
    const entry = await this.configs.get(topicOf(req), pathParam(req, 'name'));
    if (entry === undefined) throw restErrors.notFound();
    const body = topicConfigBody(pathParam(req, 'topic'), entry, address);
    sendJson(res, 200, contentType, JSON.stringify(body));
  }

  @Put('configs/:name')
  async update(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, updateConfig);
    const change = await readUpdate(req, pathParam(req, 'name'));
    await this.requireConfig(req);
    await this.configs.alter(topicOf(req), [change]);
    sendNoContent(res);
  }

  @Delete('configs/:name')
  async reset(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, resetConfig);
    await this.requireConfig(req);
    await this.configs.alter(topicOf(req), [{ name: pathParam(req, 'name'), operation: 'DELETE' }]);
    sendNoContent(res);
  }

  @Post('configs\\:alter')
  async alter(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, alterConfigs);
    const body = await readRequiredJson(req, AlterConfigsDto, missingBody);
    await this.cluster.ofConfigs(req);
    const item = { resource: topicOf(req), changes: body.data.map(configChange) };
    const unknown = await this.configs.unknownNames([item]);
    if (unknown.length > 0) throw restErrors.notFound();
    await this.configs.alter(item.resource, item.changes, { validateOnly: body.validate_only ?? false });
    sendNoContent(res);
  }

  private async requireConfig(req: RestRequest): Promise<void> {
    const { clusterId } = await this.cluster.ofConfigs(req);
    const name = pathParam(req, 'name');
    const entry = await this.configs.get(topicOf(req), name);
    if (entry === undefined) throw configNotFound(name, `TOPIC ${pathParam(req, 'topic')}`, clusterId);
  }
}

function topicOf(req: RestRequest): ConfigResource {
  return { type: 'topic', name: pathParam(req, 'topic') };
}
