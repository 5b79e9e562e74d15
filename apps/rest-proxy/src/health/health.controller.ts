import { Controller, Get, HttpException, Req, Res } from '@nestjs/common';
import { HealthCheckService, type HealthIndicatorFunction } from '@nestjs/terminus';
import { json } from '../http/media-types.ts';
import { sendJson } from '../http/respond.ts';
import type { RestRequest, RestResponse } from '../http/rest-request.ts';
import { Readiness } from './readiness.ts';

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
    await this.#answer(req, res, 'health.live', []);
  }

  @Get('ready')
  async ready(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, 'health.ready', [
      () => this.readiness.accepting(),
      () => this.readiness.kafka(),
    ]);
  }

  /** The proxy has started. It listens before Kafka answers, so this does not wait for Kafka. */
  @Get('startup')
  async startup(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, 'health.startup', []);
  }

  async #answer(
    req: RestRequest,
    res: RestResponse,
    endpoint: string,
    checks: HealthIndicatorFunction[],
  ): Promise<void> {
    // Probes get JSON whatever they accept.
    req.context.endpoint = endpoint;
    const { status, body } = await this.checks.check(checks).then(
      (result) => ({ status: 200, body: result }),
      (error: unknown) => {
        if (!(error instanceof HttpException)) throw error;
        return { status: error.getStatus(), body: error.getResponse() };
      },
    );
    sendJson(res, status, json, JSON.stringify(body), ['Cache-Control', 'no-store']);
  }
}
