import { Controller, Delete, Get, Post, Put, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ConfigEntry, ConfigResource } from '#libs/kafka/kafka-admin.ts';
import { BrokersService } from '#libs/metadata/brokers.service.ts';
import { ConfigsService } from '#libs/metadata/configs.service.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { AlterConfigsDto } from '../configs/alter-configs.dto.ts';
import { configChange, configNotFound, missingBody, readUpdate } from '../configs/config-bodies.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { brokerConfigBody } from './broker-config-body.ts';

const listAll: Endpoint = { name: 'api.v3.brokers-configs.list', consumes: [], produces: [json] };
const listConfigs: Endpoint = { name: 'api.v3.broker-configs.list', consumes: [], produces: [json] };
const getConfig: Endpoint = { name: 'api.v3.broker-configs.get', consumes: [], produces: [json] };
const updateConfig: Endpoint = { name: 'api.v3.broker-configs.update', consumes: [json], produces: [json] };
const resetConfig: Endpoint = { name: 'api.v3.broker-configs.delete', consumes: [], produces: [json] };
const alterConfigs: Endpoint = { name: 'api.v3.broker-configs.alter', consumes: [json], produces: [json] };

@Controller('v3/clusters/:clusterId/brokers')
export class BrokerConfigsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly configs: ConfigsService,
    private readonly brokers: BrokersService,
  ) {}

  @Get('-/configs')
  async listAll(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listAll);
    const address = await this.cluster.of(req);
    const ids = (await this.brokers.list()).map(({ id }) => id);
    const byBroker = await this.configs.ofBrokers(ids);
    const all = [...byBroker].flatMap(([id, entries]) => entries.map((entry) => ({ id, entry })));
    const page = pageOf(req, all, ({ id, entry }) => `${numberKey(id)} ${entry.name}`);
    const self = address.url('brokers', '-', 'configs');
    const list = pagedList(req, 'KafkaBrokerConfigList', self, page, ({ id, entry }) =>
      brokerConfigBody(id, entry, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':brokerId/configs')
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listConfigs);
    const broker = brokerOf(req);
    const address = await this.addressOf(req, broker);
    const page = pageOf(req, await this.configs.list(resource(broker)), ({ name }) => name);
    const self = address.url('brokers', broker, 'configs');
    const list = pagedList(req, 'KafkaBrokerConfigList', self, page, (entry) =>
      brokerConfigBody(broker, entry, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':brokerId/configs/:name')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getConfig);
    const broker = brokerOf(req);
    const address = await this.addressOf(req, broker);
    const entry = await this.entryOf(req, broker);
    if (entry === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(brokerConfigBody(broker, entry, address)));
  }

  @Put(':brokerId/configs/:name')
  async update(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, updateConfig);
    const broker = brokerOf(req);
    const change = await readUpdate(req, pathParam(req, 'name'));
    await this.requireConfig(req, broker);
    await this.configs.alter(resource(broker), [change]);
    sendNoContent(res);
  }

  @Delete(':brokerId/configs/:name')
  async reset(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, resetConfig);
    const broker = brokerOf(req);
    await this.requireConfig(req, broker);
    await this.configs.alter(resource(broker), [{ name: pathParam(req, 'name'), operation: 'DELETE' }]);
    sendNoContent(res);
  }

  /** Names are not checked: a plug-in of the broker may know them. */
  @Post(':brokerId/configs\\:alter')
  async alter(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, alterConfigs);
    const broker = brokerOf(req);
    const body = await readRequiredJson(req, AlterConfigsDto, missingBody);
    await this.addressOf(req, broker);
    await this.configs.alter(resource(broker), body.data.map(configChange));
    sendNoContent(res);
  }

  /** @throws {RestError} 404 when cluster or broker do not exist: at once, where the original waits a minute */
  private async addressOf(req: RestRequest, broker: number): Promise<ClusterAddress> {
    const address = await this.cluster.ofConfigs(req);
    if (!(await this.brokers.has(broker))) {
      throw restErrors.entityNotFound(`Broker ${broker} cannot be found.`);
    }
    return address;
  }

  private entryOf(req: RestRequest, broker: number): Promise<ConfigEntry | undefined> {
    return this.configs.get(resource(broker), pathParam(req, 'name'));
  }

  private async requireConfig(req: RestRequest, broker: number): Promise<void> {
    const { clusterId } = await this.addressOf(req, broker);
    if ((await this.entryOf(req, broker)) === undefined) {
      throw configNotFound(pathParam(req, 'name'), `BROKER ${broker}`, clusterId);
    }
  }
}

function brokerOf(req: RestRequest): number {
  return intParam(pathParam(req, 'brokerId'), 'brokerId');
}

function resource(id: number): ConfigResource {
  return { type: 'broker', id };
}
