import { Controller, Post, Req, Res } from '@nestjs/common';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumerOffsets } from '#libs/consumers/consumer-offsets.ts';
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
    await this.#toEdge(req, res, seekToBeginning, 'beginning');
  }

  @Post('end')
  async toEnd(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#toEdge(req, res, seekToEnd, 'end');
  }

  /** No partitions are all that are assigned. */
  async #toEdge(
    req: RestRequest,
    res: RestResponse,
    endpoint: Endpoint,
    to: 'beginning' | 'end',
  ): Promise<void> {
    negotiate(req, endpoint);
    const { partitions } = await readRequiredJson(req, TopicPartitionsDto);
    const instance = instanceOf(req, this.instances);
    const chosen = partitions.length === 0 ? instance.assignment() : partitions;
    instance.seek(chosen.map(({ topic, partition }) => ({ topic, partition, to })));
    sendNoContent(res);
  }
}
