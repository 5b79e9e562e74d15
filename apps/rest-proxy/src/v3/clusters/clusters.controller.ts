import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ClustersService } from '#libs/metadata/clusters.service.ts';
import { Config } from '../../config/config.ts';
import { baseUrl } from '../../http/links.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { ClusterAddress } from '../cluster-address.ts';
import { entityList } from '../entity.ts';
import { clusterBody } from './cluster-body.ts';

const listClusters: Endpoint = { name: 'api.v3.clusters.list', consumes: [], produces: [json] };
const getCluster: Endpoint = { name: 'api.v3.clusters.get', consumes: [], produces: [json] };

@Controller('v3/clusters')
export class ClustersController {
  constructor(
    private readonly clusters: ClustersService,
    private readonly config: Config,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listClusters);
    const clusters = await this.clusters.list();
    const data = clusters.map((cluster) => clusterBody(cluster, this.addressOf(req, cluster.clusterId)));
    const body = entityList('KafkaClusterList', `${baseUrl(req)}/v3/clusters`, data);
    sendJson(res, 200, contentType, JSON.stringify(body));
  }

  @Get(':clusterId')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getCluster);
    const cluster = await this.clusters.get(pathParam(req, 'clusterId'));
    if (cluster === undefined) throw restErrors.notFound();
    const body = clusterBody(cluster, this.addressOf(req, cluster.clusterId));
    sendJson(res, 200, contentType, JSON.stringify(body));
  }

  private addressOf(req: RestRequest, clusterId: string): ClusterAddress {
    return new ClusterAddress(baseUrl(req), this.config.api.resourceNameAuthority, clusterId);
  }
}
