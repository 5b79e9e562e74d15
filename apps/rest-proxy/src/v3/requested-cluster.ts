import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ClustersService } from '#libs/metadata/clusters.service.ts';
import { Config } from '../config/config.ts';
import { baseUrl } from '../http/links.ts';
import { pathParam, type RestRequest } from '../http/rest-request.ts';
import { ClusterAddress } from './cluster-address.ts';

/** The cluster that a path names: checked before anything else is looked at, and before anything changes. */
@Injectable()
export class RequestedCluster {
  constructor(
    private readonly clusters: ClustersService,
    private readonly config: Config,
  ) {}

  /**
   * Where the resources of the cluster are for this client.
   *
   * @throws {RestError} 404 when it is not the cluster that the proxy is connected to
   * @throws {KafkaError} when that is not known yet and Kafka does not say
   */
  async of(req: RestRequest): Promise<ClusterAddress> {
    const address = await this.find(req);
    if (address === undefined) {
      throw restErrors.entityNotFound(`Cluster ${pathParam(req, 'clusterId')} cannot be found.`);
    }
    return address;
  }

  /** The same for endpoints of single configurations, which have no text of their own for it. */
  async ofConfigs(req: RestRequest): Promise<ClusterAddress> {
    const address = await this.find(req);
    if (address === undefined) throw restErrors.notFound();
    return address;
  }

  /** The same for consumer groups, whose text differs. */
  async ofGroups(req: RestRequest): Promise<ClusterAddress> {
    const address = await this.find(req);
    if (address === undefined) {
      throw restErrors.entityNotFound(`Cluster ${pathParam(req, 'clusterId')} could not be found.`);
    }
    return address;
  }

  private async find(req: RestRequest): Promise<ClusterAddress | undefined> {
    const clusterId = pathParam(req, 'clusterId');
    if (!(await this.clusters.has(clusterId))) return undefined;
    return new ClusterAddress(baseUrl(req), this.config.api.resourceNameAuthority, clusterId);
  }
}
