import { Controller, Get, HttpException, Req, Res } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { json, type Endpoint } from '../http/media-types.ts';
import { negotiate } from '../http/negotiation.ts';
import { sendJson } from '../http/respond.ts';
import type { RestRequest, RestResponse } from '../http/rest-request.ts';
import { Readiness } from './readiness.ts';

const live: Endpoint = { name: 'health.live', consumes: [], produces: [json] };
const ready: Endpoint = { name: 'health.ready', consumes: [], produces: [json] };
const startup: Endpoint = { name: 'health.startup', consumes: [], produces: [json] };

/** Probes: 200 or 503, with terminus' details. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly readiness: Readiness,
  ) {}

  /** The event loop turns. Depends on nothing else: a restart would mend nothing else. */
  @Get('live')
  async live(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, live, []);
  }

  @Get('ready')
  async ready(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, ready, [() => this.readiness.accepting(), () => this.readiness.kafka()]);
  }

  /** The proxy has started. It listens before Kafka answers, so this does not wait for Kafka. */
  @Get('startup')
  async startup(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, startup, []);
  }

  async #answer(
    req: RestRequest,
    res: RestResponse,
    endpoint: Endpoint,
    checks: HealthIndicatorFunction[],
  ): Promise<void> {
    const { contentType } = negotiate(req, endpoint);
    const { status, body } = await this.checks.check(checks).then(
      (result) => ({ status: 200, body: result }),
      (error: unknown) => {
        if (!(error instanceof HttpException)) throw error;
        return { status: error.getStatus(), body: error.getResponse() };
      },
    );
    sendJson(res, status, contentType, JSON.stringify(body), ['Cache-Control', 'no-store']);
  }
}
