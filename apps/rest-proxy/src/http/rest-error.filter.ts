import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { toRestError } from './kafka-errors.ts';
import { sendJson } from './respond.ts';
import type { RestRequest, RestResponse } from './rest-request.ts';

/** Writes every error response. */
@Catch()
export class RestErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const req = http.getRequest<RestRequest>();
    const res = http.getResponse<RestResponse>();
    if (res.headersSent) {
      res.destroy();
      return;
    }
    const answer = toRestError(error instanceof HttpException ? restErrors.notFound() : error);
    sendJson(
      res,
      answer.status,
      req.context.contentType ?? 'application/json',
      JSON.stringify({ error_code: answer.errorCode, message: answer.message }),
    );
  }
}
