import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumerOffsets } from '#libs/consumers/consumer-offsets.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { OffsetAndMetadata, TopicPartition } from '#libs/kafka/kafka-types.ts';
import { readJson, readRequiredJson } from '../../http/json-body.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { queryOf, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { CommitDto } from './commit.dto.ts';
import { partitionsOfQuery } from './committed-query.ts';
import { commitOffsets, getCommittedOffsets } from './consumer-endpoints.ts';
import { instanceOf, instancePath } from './consumer-path.ts';
import { TopicPartitionsDto } from './topic-partitions.dto.ts';

@Controller(`${instancePath}/offsets`)
export class OffsetsController {
  constructor(
    private readonly instances: ConsumerInstances,
    private readonly offsets: ConsumerOffsets,
  ) {}

  /** `async` of the query is passed over: the answer always tells how it went. */
  @Post()
  async commit(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, commitOffsets);
    const body = await readJson(req, CommitDto);
    const instance = instanceOf(req, this.instances);
    if (body === undefined) await instance.commitConfirmed();
    else await this.offsets.commit(instance, body.offsets.map(nextOffset));
    sendJson(res, 200, contentType, '[]');
  }

  @Get()
  async committed(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, getCommittedOffsets);
    const partitions = await partitionsOf(req);
    const committed = await instanceOf(req, this.instances).committed(partitions);
    sendJson(res, 200, contentType, `{"offsets":[${committed.map(written).join()}]}`);
  }
}

function nextOffset({ topic, partition, offset, metadata }: CommitDto['offsets'][number]): OffsetAndMetadata {
  return { topic, partition, offset: offset + 1n, metadata: metadata ?? null };
}

async function partitionsOf(req: RestRequest): Promise<readonly TopicPartition[]> {
  const asked = partitionsOfQuery(queryOf(req));
  if (asked !== undefined) return asked;
  const { partitions } = await readRequiredJson(req, TopicPartitionsDto, () =>
    restErrors.partitionNotFound(),
  );
  return partitions;
}

/** By hand: offsets have more digits than numbers of JSON.stringify. */
function written({ topic, partition, offset, metadata }: OffsetAndMetadata): string {
  return `{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":${offset},"metadata":${JSON.stringify(metadata)}}`;
}
