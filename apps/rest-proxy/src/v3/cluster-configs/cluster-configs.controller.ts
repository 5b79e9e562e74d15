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
import { clusterConfigBody } from './cluster-config-body.ts';

const listConfigs: Endpoint = { name: 'api.v3.cluster-configs.list', consumes: [], produces: [json] };
const getConfig: Endpoint = { name: 'api.v3.cluster-configs.get', consumes: [], produces: [json] };
const updateConfig: Endpoint = { name: 'api.v3.cluster-configs.update', consumes: [json], produces: [json] };
const resetConfig: Endpoint = { name: 'api.v3.cluster-configs.delete', consumes: [], produces: [json] };
const alterConfigs: Endpoint = { name: 'api.v3.cluster-configs.alter', consumes: [json], produces: [json] };

const brokers: ConfigResource = { type: 'brokers' };

/** The dynamic configuration that all brokers share: only what was set. */
@Controller('v3/clusters/:clusterId')
export class ClusterConfigsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly configs: ConfigsService,
  ) {}

  @Get('broker-configs')
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listConfigs);
    const address = await this.cluster.ofConfigs(req);
    const page = pageOf(req, await this.configs.list(brokers), ({ name }) => name);
    const self = address.url('broker-configs');
    const list = pagedList(req, 'KafkaClusterConfigList', self, page, (entry) =>
      clusterConfigBody(entry, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get('broker-configs/:name')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getConfig);
    const address = await this.cluster.ofConfigs(req);
    const entry = await this.configs.get(brokers, pathParam(req, 'name'));
    if (entry === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(clusterConfigBody(entry, address)));
  }

  /** Any name is taken: Kafka shows what is set only, so nobody knows which names there are. */
  @Put('broker-configs/:name')
  async update(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, updateConfig);
    const change = await readUpdate(req, pathParam(req, 'name'));
    await this.cluster.ofConfigs(req);
    await this.configs.alter(brokers, [change]);
    sendNoContent(res);
  }

  @Delete('broker-configs/:name')
  async reset(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, resetConfig);
    const name = pathParam(req, 'name');
    const { clusterId } = await this.cluster.ofConfigs(req);
    if ((await this.configs.get(brokers, name)) === undefined) {
      throw configNotFound(name, 'BROKER ', clusterId);
    }
    await this.configs.alter(brokers, [{ name, operation: 'DELETE' }]);
    sendNoContent(res);
  }

  @Post('broker-configs\\:alter')
  async alter(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, alterConfigs);
    const body = await readRequiredJson(req, AlterConfigsDto, missingBody);
    await this.cluster.of(req);
    await this.configs.alter(brokers, body.data.map(configChange));
    sendNoContent(res);
  }
}
