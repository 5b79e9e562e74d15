import { Controller, Delete, Get, Patch, Post, Req, Res } from '@nestjs/common';
import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaAdmin } from '#libs/kafka/kafka-admin.ts';
import { TopicsService } from '#libs/metadata/topics.service.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import { json, type Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson, sendNoContent } from '../../http/respond.ts';
import { pathParam, queryOf, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { pagedList, pageOf } from '../paging.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { CreateTopicDto } from './create-topic.dto.ts';
import { newTopic } from './create-topic.mapper.ts';
import { PartitionsCountDto } from './partitions-count.dto.ts';
import { shownTopic, topicBody } from './topic-body.ts';

const listTopics: Endpoint = { name: 'api.v3.topics.list', consumes: [], produces: [json] };
const createTopic: Endpoint = { name: 'api.v3.topics.create', consumes: [json], produces: [json] };
const getTopic: Endpoint = { name: 'api.v3.topics.get', consumes: [], produces: [json] };
const setPartitions: Endpoint = { name: 'api.v3.topics.partitions', consumes: [json], produces: [json] };
const deleteTopic: Endpoint = { name: 'api.v3.topics.delete', consumes: [], produces: [json] };

@Controller('v3/clusters/:clusterId/topics')
export class V3TopicsController {
  constructor(
    private readonly cluster: RequestedCluster,
    private readonly topics: TopicsService,
    private readonly admin: KafkaAdmin,
  ) {}

  @Get()
  async list(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, listTopics);
    const address = await this.cluster.of(req);
    // The original knows the first name only, and says nothing of the second.
    const withOperations =
      isTrue(req, 'includeAuthorizedOperations') || isTrue(req, 'include_authorized_operations');
    const page = pageOf(req, await this.topics.list({ withOperations }), ({ name }) => name);
    const list = pagedList(req, 'KafkaTopicList', address.url('topics'), page, (topic) =>
      topicBody(shownTopic(topic), address),
    );
    sendJson(res, 200, contentType, JSON.stringify(list));
  }

  @Post()
  async create(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, createTopic);
    const body = await readRequiredJson(req, CreateTopicDto, () =>
      restErrors.payload('Request body is empty. Data is required.'),
    );
    const topic = newTopic(body);
    const address = await this.cluster.of(req);
    const validateOnly = body.validate_only ?? false;
    const created = await this.admin.createTopic(topic, { validateOnly });
    const chosen = topic.assignments.values().next().value;
    const shown = {
      name: topic.name,
      internal: false,
      replicationFactor: created.replicationFactor ?? chosen?.length ?? Math.max(0, topic.replicationFactor),
      partitionsCount: created.partitions ?? (topic.assignments.size || Math.max(0, topic.partitions)),
      authorizedOperations: [],
    };
    sendJson(res, validateOnly ? 200 : 201, contentType, JSON.stringify(topicBody(shown, address)), [
      'Location',
      address.url('topics', topic.name),
    ]);
  }

  @Get(':topic')
  async get(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getTopic);
    const address = await this.cluster.of(req);
    const name = pathParam(req, 'topic');
    const topic = isTrue(req, 'include_authorized_operations')
      ? await this.topics.getWithOperations(name)
      : await this.topics.get(name);
    sendJson(res, 200, contentType, JSON.stringify(topicBody(shownTopic(topic), address)));
  }

  @Patch(':topic')
  async setPartitionCount(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, setPartitions);
    const missing = (): RestError =>
      restErrors.payload('Request body is empty. Partitions_count is required.');
    const { partitions_count: count } = await readRequiredJson(req, PartitionsCountDto, missing);
    if (count === undefined) throw missing();
    const address = await this.cluster.of(req);
    const topic = await this.topics.setPartitionCount(pathParam(req, 'topic'), count);
    sendJson(res, 200, contentType, JSON.stringify(topicBody(shownTopic(topic), address)));
  }

  @Delete(':topic')
  async delete(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, deleteTopic);
    await this.cluster.of(req);
    await this.topics.delete(pathParam(req, 'topic'));
    sendNoContent(res);
  }
}

/** What is no boolean is false. */
function isTrue(req: RestRequest, name: string): boolean {
  return queryOf(req).get(name)?.toLowerCase() === 'true';
}
