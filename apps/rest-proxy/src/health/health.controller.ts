import { Controller, Get, Req, Res } from '@nestjs/common';
import { json } from '../http/media-types.ts';
import { sendJson } from '../http/respond.ts';
import type { RestRequest, RestResponse } from '../http/rest-request.ts';
import { Probes, type Probe } from './probes.ts';

/** Probes: 200 or 503, with terminus' details. */
@Controller('health')
export class HealthController {
  constructor(private readonly probes: Probes) {}

  @Get('live')
  async live(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, 'live');
  }

  @Get('ready')
  async ready(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, 'ready');
  }

  @Get('startup')
  async startup(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
    await this.#answer(req, res, 'startup');
  }

  async #answer(req: RestRequest, res: RestResponse, probe: Probe): Promise<void> {
    // Probes get JSON whatever they accept.
    req.context.endpoint = `health.${probe}`;
    const { status, body } = await this.probes.ask(probe);
    sendJson(res, status, json, body, ['Cache-Control', 'no-store']);
  }
}
