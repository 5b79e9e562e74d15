import { Controller, Post, Req, Res } from '@nestjs/common';
import type { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumerOffsets } from '#libs/consumers/consumer-offsets.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import { readRequiredJson } from '../../http/json-body.ts';
import type { Endpoint } from '../../http/media-types.ts';
import { negotiate } from '../../http/negotiation.ts';
import { sendNoContent } from '../../http/respond.ts';
import type { RestRequest, RestResponse } from '../../http/rest-request.ts';
import { seekToBeginning, seekToEnd, seekToOffset } from './consumer-endpoints.ts';
import { instanceOf, instancePath } from './consumer-path.ts';
import { PositionsDto } from './positions.dto.ts';
import { newPositions } from './positions.mapper.ts';
import { TopicPartitionsDto } from './topic-partitions.dto.ts';

@Controller(`${instancePath}/positions`)
export class PositionsController {
  constructor(
    private readonly instances: ConsumerInstances,
    private readonly offsets: ConsumerOffsets,
  ) {}

  @Post()
  async toOffsets(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    negotiate(req, seekToOffset);
    const { offsets, timestamps } = newPositions(await readRequiredJson(req, PositionsDto));
    await this.offsets.seek(instanceOf(req, this.instances), offsets, timestamps);
    sendNoContent(res);
  }

  @Post('beginning')
  async toBeginning(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { instance, partitions } = await this.#chosen(req, seekToBeginning);
    await this.offsets.seekToBeginning(instance, partitions);
    sendNoContent(res);
  }

  @Post('end')
  async toEnd(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { instance, partitions } = await this.#chosen(req, seekToEnd);
    await this.offsets.seekToEnd(instance, partitions);
    sendNoContent(res);
  }

  /** No partitions are all that are assigned. */
  async #chosen(
    req: RestRequest,
    endpoint: Endpoint,
  ): Promise<{ readonly instance: ConsumerInstance; readonly partitions: readonly TopicPartition[] }> {
    negotiate(req, endpoint);
    const { partitions } = await readRequiredJson(req, TopicPartitionsDto);
    const instance = instanceOf(req, this.instances);
    return { instance, partitions: partitions.length === 0 ? instance.assignment() : partitions };
  }
}
