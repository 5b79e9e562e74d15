import { Injectable } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Reassignment } from '#libs/kafka/kafka-admin.ts';
import { ReassignmentsService } from '#libs/metadata/reassignments.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import type { ClusterAddress } from '../cluster-address.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { namedPartition } from '../partitions/named-partition.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { reassignmentBody } from './reassignment-body.ts';

const listAll: Endpoint = {
  name: 'api.v3.partition-reassignments.list',
  consumes: [],
  produces: [json],
};
const searchByTopic: Endpoint = {
  name: 'api.v3.partition-reassignments.search-by-topic',
  consumes: [],
  produces: [json],
};
const getReassignment: Endpoint = {
  name: 'api.v3.partition-reassignments.get',
  consumes: [],
  produces: [json],
};

/** The answers about reassignments, for both spellings of their paths. */
@Injectable()
export class ReassignmentResponses {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly reassignments: ReassignmentsService,
  ) {}

  async all(req: RestRequest, res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listAll);
    const address = await this.cluster.of(req);
    sendList(req, res, contentType, '-', await this.reassignments.list(), address);
  }

  async ofTopic(req: RestRequest, res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, searchByTopic);
    const address = await this.cluster.of(req);
    const topic = pathParam(req, 'topic');
    sendList(req, res, contentType, topic, await this.reassignments.ofTopic(topic), address);
  }

  async one(req: RestRequest, res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getReassignment);
    const { topic, partition } = namedPartition(req);
    const address = await this.cluster.of(req);
    const found = await this.reassignments.get(topic, partition);
    if (found === undefined) throw restErrors.notFound();
    sendJson(res, 200, contentType, JSON.stringify(reassignmentBody(found, 'reassignment', address)));
  }
}

function sendList(
  req: RestRequest,
  res: RestResponse,
  contentType: string,
  topic: string,
  all: readonly Reassignment[],
  address: ClusterAddress,
): void {
  const page = pageOf(req, all, (one) => `${one.topic} ${numberKey(one.partition)}`);
  const self = address.url('topics', topic, 'partitions', '-', 'reassignments');
  const list = pagedList(req, 'KafkaReassignmentList', self, page, (one) =>
    reassignmentBody(one, 'reassignments', address),
  );
  sendJson(res, 200, contentType, JSON.stringify(list));
}
