import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { toRestError } from './kafka-errors.ts';
import { RequestAbortedError } from './request-aborted.error.ts';
import type { RestRequest, RestResponse } from './rest-request.ts';
import { sendError } from './send-error.ts';

/** Writes every error response of a route, and those of paths that have none. */
@Catch()
export class RestErrorFilter implements ExceptionFilter {
  readonly #logger = new Logger('RestErrorFilter');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const req = http.getRequest<RestRequest>();
    const res = http.getResponse<RestResponse>();
    if (error instanceof RequestAbortedError) return;
    const { context } = req;
    if (context.answered || res.headersSent || res.destroyed) {
      // Too late for another answer: what was begun must not look complete.
      if (!(error instanceof RestError)) this.#report(req, error);
      if (!res.writableEnded) res.destroy();
      return;
    }
    if (context.routed?.passOn(error) === true) return;
    if (error instanceof HttpException) {
      this.#answerRouter(req, res, error);
      return;
    }
    const answer = toRestError(error);
    if (answer.status === 500 && answer.errorCode === 500) this.#report(req, error);
    sendError(res, context.server.logging.debug ? withDebug(answer) : answer);
  }

  /** The router's own errors: no such path, no such method, a path that cannot be decoded. */
  #answerRouter(req: RestRequest, res: RestResponse, error: HttpException): void {
    const status = error.getStatus();
    if (status === 404) {
      const methods = req.context.server.routes.methodsOf(req.path);
      if (methods.length > 0) sendError(res, restErrors.methodNotAllowed(), ['Allow', methods.join(',')]);
      else sendError(res, restErrors.notFound());
    } else if (status === 400) {
      sendError(res, restErrors.malformedUri('Bad percent-encoding in the path'));
    } else {
      this.#report(req, error);
      sendError(res, restErrors.internal({ cause: error }));
    }
  }

  #report(req: RestRequest, error: unknown): void {
    this.#logger.error({ requestId: req.context.requestId, err: error }, 'The request failed unexpectedly');
  }
}

/** Tells the client what the log tells, for operators who asked for it. */
function withDebug(answer: RestError): RestError {
  if (answer.errorCode !== 500 || !(answer.cause instanceof Error)) return answer;
  const { name, message, stack = '' } = answer.cause;
  return new RestError(500, 500, `${answer.message} ${name}: ${message}\n${stack}`);
}
