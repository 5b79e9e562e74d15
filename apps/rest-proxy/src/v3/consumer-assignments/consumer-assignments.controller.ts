import { Controller, Get, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import { ConsumerGroupsService } from '#libs/metadata/consumer-groups.service.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { membersOf } from '../consumers/group-members.ts';
import { numberKey, pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { consumerAssignmentBody } from './consumer-assignment-body.ts';

const listAssignments: Endpoint = {
  name: 'api.v3.consumer-assignments.list',
  consumes: [],
  produces: [json],
};
const getAssignment: Endpoint = { name: 'api.v3.consumer-assignments.get', consumes: [], produces: [json] };

@Controller('v3/clusters/:clusterId/consumer-groups/:group/consumers/:consumer/assignments')
export class ConsumerAssignmentsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly groups: ConsumerGroupsService,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listAssignments);
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const consumer = pathParam(req, 'consumer');
    const page = pageOf(req, await this.assignmentsOf(group, consumer), keyOf);
    const self = address.url('consumer-groups', group, 'consumers', consumer, 'assignments');
    const list = pagedList(req, 'KafkaConsumerAssignmentList', self, page, (place) =>
      consumerAssignmentBody(group, consumer, place, address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Get(':topic/partitions/:partition')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getAssignment);
    const partition = intParam(pathParam(req, 'partition'), 'partition');
    const address = await this.cluster.ofGroups(req);
    const group = pathParam(req, 'group');
    const consumer = pathParam(req, 'consumer');
    const topic = pathParam(req, 'topic');
    const found = (await this.assignmentsOf(group, consumer)).find(
      (place) => place.topic === topic && place.partition === partition,
    );
    if (found === undefined) throw restErrors.notFound();
    const body = consumerAssignmentBody(group, consumer, found, address);
    sendJson(res, 200, contentType, JSON.stringify(body));
  }

  private async assignmentsOf(group: string, consumer: string): Promise<readonly TopicPartition[]> {
    const member = (await membersOf(this.groups, group)).find(({ memberId }) => memberId === consumer);
    if (member === undefined) throw restErrors.entityNotFound(`Consumer ${consumer} does not exist.`);
    return member.partitions;
  }
}

/** Topics have no character below the space, so that the order is that of topic and partition. */
function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${numberKey(partition)}`;
}
