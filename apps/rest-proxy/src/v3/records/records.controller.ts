import { Controller, Post, Req, Res } from '@nestjs/common';
import type { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ProduceService } from '#libs/produce/produce.service.ts';
import { Config } from '../../config/config.ts';
import { readBody } from '../../http/body.ts';
import { decompressorOf } from '../../http/content-encoding.ts';
import { negotiate } from '../../http/negotiation.ts';
import { RequestAbortedError } from '../../http/request-aborted.error.ts';
import { beginAnswer, sendJson } from '../../http/respond.ts';
import { pathParam, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { RequestedCluster } from '../requested-cluster.ts';
import { batchResponse } from './batch-response.ts';
import { decodeBatch } from './batch-body.decoder.ts';
import { OpenStreams } from './open-streams.ts';
import { ProduceRates } from './produce-rates.ts';
import { RecordResults } from './record-results.ts';
import { isLatin1, produceBatch, produceRecords } from './records-endpoints.ts';
import { sendable } from './sendable.ts';

@Controller('v3/clusters/:clusterId/topics/:topic')
export class RecordsController {
  readonly #rates: ProduceRates;

  constructor(
    private readonly cluster: RequestedCluster,
    private readonly produceService: ProduceService,
    private readonly config: Config,
    private readonly streams: OpenStreams,
  ) {
    this.#rates = new ProduceRates(config.api.v3Produce.rates);
  }

  @Post('records')
  async produce(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, produceRecords);
    const latin1 = isLatin1(req.headers['content-type']);
    const decompressor = decompressorOf(req.headers['content-encoding'] ?? '')?.();
    const { clusterId } = await this.cluster.of(req);
    const topic = pathParam(req, 'topic');
    if (res.destroyed) throw new RequestAbortedError('The client is gone');
    req.context.becomeStream();
    if (req.context.expectsContinue) {
      req.context.expectsContinue = false;
      res.writeContinue();
    }
    res.writeHead(200, [...beginAnswer(res), 'Content-Type', contentType]);
    res.flushHeaders();
    const { streamMaxDurationMs, streamGracePeriodMs, maxRecordBytes } = this.config.api.v3Produce;
    this.streams.open({
      req,
      res,
      source: decompressor === undefined ? req : req.pipe(decompressor),
      isLatin1: latin1,
      results: new RecordResults(clusterId, topic),
      settings: {
        maxRecordBytes,
        maxDurationMs: streamMaxDurationMs,
        gracePeriodMs: streamGracePeriodMs,
        idleTimeoutMs: this.config.http.idleTimeoutMs,
      },
      admit: (bytes) => this.#admit(bytes),
      produce: (deliver) => this.produceService.stream(topic, deliver),
    });
  }

  @Post('records\\:batch')
  async produceBatch(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType } = negotiate(req, produceBatch);
    const { clusterId } = await this.cluster.of(req);
    const topic = pathParam(req, 'topic');
    const entries = decodeBatch(await readBody(req), this.config.api.v3Produce.maxBatchEntries);
    const items = entries.map(({ record, bytes }) => this.#admit(bytes) ?? sendable(record));
    const outcomes = await this.produceService.produceEach(topic, items);
    req.context.records = outcomes.length;
    const ids = entries.map(({ id }) => id);
    sendJson(res, 207, contentType, batchResponse(new RecordResults(clusterId, topic), ids, outcomes));
  }

  #admit(bytes: number): RestError | undefined {
    return this.#rates.take(bytes) ? undefined : restErrors.rateLimited();
  }
}
