import { All, Controller, Get, Module, Post, Req, Res, type DynamicModule } from '@nestjs/common';
import { readBody } from '../../apps/rest-proxy/src/http/body.ts';
import { baseUrl, link } from '../../apps/rest-proxy/src/http/links.ts';
import { json, type Endpoint } from '../../apps/rest-proxy/src/http/media-types.ts';
import { negotiate } from '../../apps/rest-proxy/src/http/negotiation.ts';
import { responseWritten, sendJson } from '../../apps/rest-proxy/src/http/respond.ts';
import {
  pathParam,
  queryOf,
  type RestRequest,
  type RestResponse,
} from '../../apps/rest-proxy/src/http/rest-request.ts';

const endpoint: Endpoint = { name: 'test.probe', consumes: [], produces: [json] };

/** What the tests of the HTTP layer make a controller do. */
export class Probe {
  /** Thrown by `/probe/throw`. */
  thrown: unknown;
  /** Awaited by `/probe/wait` before it answers. */
  gate: Promise<void> = Promise.resolve();
  /** How often `/probe/wait` was entered. */
  entered = 0;
  /** What `responseWritten` said, an answer. */
  readonly written: boolean[] = [];
  /** What sending threw. */
  readonly failures: unknown[] = [];
}

/** Routes under `/probe`, whose controller does what the test says. */
export function probeModule(probe: Probe): DynamicModule {
  @Controller('probe')
  class ProbeController {
    @Post('echo')
    async echo(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
      const { contentType } = negotiate(req, endpoint);
      const body = await readBody(req);
      sendJson(
        res,
        200,
        contentType,
        JSON.stringify({ length: body.length, text: body.toString('latin1', 0, 100) }),
      );
    }

    /** `?bytes=` of a JSON text. */
    @Get('text')
    async text(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
      const { contentType } = negotiate(req, endpoint);
      const bytes = Number(queryOf(req).get('bytes'));
      try {
        sendJson(res, 200, contentType, Buffer.from(`"${'x'.repeat(bytes - 2)}"`));
      } catch (error) {
        probe.failures.push(error);
        throw error;
      }
      probe.written.push(await responseWritten(res));
    }

    @Get('link/:name')
    link(@Req() req: RestRequest, @Res() res: RestResponse): void {
      const { contentType } = negotiate(req, endpoint);
      const body = { base: baseUrl(req), link: link(req, 'a', pathParam(req, 'name')) };
      sendJson(res, 200, contentType, JSON.stringify(body));
    }

    @All('throw')
    async throw(@Req() req: RestRequest): Promise<void> {
      negotiate(req, endpoint);
      await Promise.resolve();
      throw probe.thrown;
    }

    @Get('throw-late')
    async throwLate(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
      res.writeHead(200, { 'Content-Type': negotiate(req, endpoint).contentType });
      res.write('[');
      await probe.gate;
      throw probe.thrown;
    }

    @Get('wait')
    async wait(@Req() req: RestRequest, @Res() res: RestResponse): Promise<void> {
      const { contentType } = negotiate(req, endpoint);
      probe.entered++;
      await probe.gate;
      try {
        sendJson(res, 200, contentType, '{}');
      } catch (error) {
        probe.failures.push(error);
        throw error;
      }
    }
  }
  return { module: ProbeModule, controllers: [ProbeController] };
}

@Module({})
class ProbeModule {}
