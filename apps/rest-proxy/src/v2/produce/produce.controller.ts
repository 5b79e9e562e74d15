import { Controller, Post, Req, Res } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { PlaceOf } from '#libs/produce/produce-request.ts';
import { ProduceService } from '#libs/produce/produce.service.ts';
import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import { Config } from '../../config/config.ts';
import { readBody } from '../../http/body.ts';
import { negotiateFormat, type NegotiatedFormat } from '../../http/negotiation.ts';
import { reserveAnswer, sendJson } from '../../http/respond.ts';
import { intParam, pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { negativePartition, ProduceBodyDecoder } from './produce-body.decoder.ts';
import type { ProduceBodyRules } from './produce-body.ts';
import { toPartition, toTopic } from './produce-endpoints.ts';
import { produceResponse } from './produce-response.ts';

@Controller('topics')
export class ProduceController {
  readonly #rules: ProduceBodyRules;

  constructor(
    private readonly produceService: ProduceService,
    { api }: Config,
  ) {
    this.#rules = {
      maxRecords: api.maxRecordsPerRequest,
      headers: api.recordHeadersEnable,
      timestamps: api.recordTimestampsEnable,
    };
  }

  @Post(':topic')
  async toTopic(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const negotiated = negotiateFormat(req, toTopic);
    await this.#produce(req, res, negotiated, null);
  }

  @Post(':topic/partitions/:partition')
  async toPartition(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const negotiated = negotiateFormat(req, toPartition);
    const partition = intParam(pathParam(req, 'partition'), 'partition');
    if (partition < 0) throw restErrors.unprocessable(negativePartition(partition));
    await this.#produce(req, res, negotiated, partition);
  }

  async #produce(
    req: RestRequest,
    res: RestResponse,
    { format, contentType }: NegotiatedFormat<EmbeddedFormat>,
    partition: number | null,
  ): Promise<void> {
    const body = new ProduceBodyDecoder(this.#rules).decode(await readBody(req));
    const topic = pathParam(req, 'topic');
    reserveAnswer(req, body.records.length * ANSWER_BYTES);
    const outcome = await this.produceService.produce({
      topic,
      partition,
      key: { format, schema: body.keySchema },
      value: { format, schema: body.valueSchema },
      records: body.records,
      placeOf,
    });
    req.context.records = outcome.results.length;
    const response = produceResponse(topic, outcome);
    sendJson(res, response.status, contentType, response.body);
  }
}

const placeOf: PlaceOf = (index, part) => `records[${index}].${part}`;
/** What the answer says of a record takes about so much. */
const ANSWER_BYTES = 80;
