import { Controller, Get, Req, Res } from '@nestjs/common';
import type { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ConsumersSettings } from '#libs/consumers/consumers-settings.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import { Config } from '../../config/config.ts';
import { negotiateFormat } from '../../http/negotiation.ts';
import { sendJson } from '../../http/respond.ts';
import { RequestAbortedError } from '../../http/request-aborted.error.ts';
import { queryOf, type RestRequest, type RestResponse } from '../../http/rest-request.ts';
import { consumeRecords } from './consumer-endpoints.ts';
import { instanceOf, instancePath } from './consumer-path.ts';
import type { RecordExtensions } from './records-encoder.ts';
import { sendRecords } from './records-response.ts';

@Controller(`${instancePath}/records`)
export class RecordsController {
  readonly #extensions: Readonly<Record<EmbeddedFormat, RecordExtensions>>;

  constructor(
    private readonly instances: ConsumerInstances,
    private readonly settings: ConsumersSettings,
    { api }: Config,
  ) {
    const schemaless = {
      timestamps: api.recordTimestampsEnable,
      headers: api.recordHeadersEnable,
      schemaIds: false,
    };
    const withSchema = { ...schemaless, schemaIds: api.recordSchemaIdsEnable };
    this.#extensions = {
      binary: schemaless,
      json: schemaless,
      avro: withSchema,
      jsonschema: withSchema,
      protobuf: withSchema,
    };
  }

  @Get()
  async read(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    const { contentType, format } = negotiateFormat(req, consumeRecords);
    const timeoutMs = limitOf(req, 'timeout');
    const maxBytes = limitOf(req, 'max_bytes');
    const instance = instanceOf(req, this.instances);
    if (instance.options.format !== format) throw restErrors.formatMismatch();
    // HEAD would take records that nobody gets.
    if (req.method === 'HEAD') return sendJson(res, 200, contentType, '');
    const delivery = await this.#deliver(instance, res, timeoutMs, maxBytes);
    sendRecords(res, contentType, delivery, this.#extensions[format]);
  }

  #deliver(
    instance: ConsumerInstance,
    res: RestResponse,
    timeoutMs: number,
    maxBytes: number,
  ): ReturnType<ConsumerInstance['read']> {
    const gone = new AbortController();
    res.once('close', () => gone.abort(closed));
    return instance.read({
      timeoutMs: Math.max(0, Math.min(timeoutMs, instance.options.requestTimeoutMs)),
      maxBytes: Math.min(maxBytes, this.settings.requestMaxBytes),
      signal: gone.signal,
    });
  }
}

/** Made once: nobody reads it, and to make one for every answer that ends well would cost more than its records. */
const closed = new RequestAbortedError('The answer is over');

/** A limit of the query; none when it is not positive. @throws {RestError} 404 when it is no number, as the original */
function limitOf(req: RestRequest, name: string): number {
  const text = queryOf(req).get(name);
  if (text === null) return Infinity;
  if (!/^[+-]?\d{1,19}$/.test(text)) throw restErrors.notFound();
  const value = Number(text);
  return value > 0 ? value : Infinity;
}
