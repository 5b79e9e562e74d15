import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaAcls } from '#libs/kafka/kafka-acls.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendEmpty, sendJson, sendNoContent } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { missingBody } from '../configs/config-bodies.ts';
import { pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { aclBody, aclKey, aclsUrl, sortedAcls } from './acl-body.ts';
import { deletionFilter, newAcl, searchFilter } from './acl-requests.ts';
import { CreateAclDto, CreateAclsDto } from './create-acl.dto.ts';

const listAcls: Endpoint = { name: 'api.v3.acls.list', consumes: [], produces: [json] };
const createAcl: Endpoint = { name: 'api.v3.acls.create', consumes: [json], produces: [json] };
const deleteAcls: Endpoint = { name: 'api.v3.acls.delete', consumes: [], produces: [json] };
const createAcls: Endpoint = { name: 'api.v3.acls.batch-create', consumes: [json], produces: [json] };

@Controller('v3/clusters/:clusterId')
export class AclsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly acls: KafkaAcls,
  ) {}

  @Get('acls')
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listAcls);
    const filter = searchFilter(req);
    const address = await this.cluster.of(req);
    const page = pageOf(req, sortedAcls(await this.acls.describe(filter)), aclKey);
    const list = pagedList(req, 'KafkaAclList', aclsUrl(filter, address), page, (acl) =>
      aclBody(acl, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Post('acls')
  async create(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, createAcl);
    const acl = newAcl(await readRequiredJson(req, CreateAclDto, missingBody));
    const address = await this.cluster.of(req);
    await this.acls.create([acl]);
    sendEmpty(res, 201, ['Location', aclsUrl(acl, address)]);
  }

  @Delete('acls')
  async delete(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, deleteAcls);
    const filter = deletionFilter(req);
    const address = await this.cluster.of(req);
    const deleted = sortedAcls(await this.acls.delete(filter));
    const body = { data: deleted.map((acl) => aclBody(acl, address)) };
    sendJson(res, 200, contentType, JSON.stringify(body));
  }

  /** One invalid entry refuses all. */
  @Post('acls\\:batch')
  async createBatch(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, createAcls);
    const { data } = await readRequiredJson(req, CreateAclsDto, missingBody);
    if (data === undefined) throw restErrors.payload('Empty input provided. Data is required.');
    const acls = data.map(newAcl);
    await this.cluster.of(req);
    await this.acls.create(acls);
    sendNoContent(res);
  }
}
