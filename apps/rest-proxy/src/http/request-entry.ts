import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { requestCame } from './broken-answers.ts';
import type { ConnectionGuard } from './connection-guard.ts';
import { CrossOrigin } from './cross-origin.ts';
import { fixedHeaders } from './fixed-headers.ts';
import { toRestError } from './kafka-errors.ts';
import { RequestContext } from './request-context.ts';
import { routable } from './request-target.ts';
import { beginAnswer } from './respond.ts';
import type { HttpRequest, HttpResponse } from './rest-request.ts';
import { sendError } from './send-error.ts';
import type { ServerState } from './server-state.ts';

/** Told of every request that is over. */
export type RequestObserver = (req: HttpRequest, res: HttpResponse) => void;

/** Probes are answered under any load. */
const probes = '/health/';

/**
 * What happens to every request before the router sees it, in this order: context and request id; headers for every
 * answer and CORS; the limit of requests; the request target; OPTIONS.
 *
 * It stands in front of Express, not in it: one function and one listener a request.
 */
export class RequestEntry {
  readonly #cors: CrossOrigin | undefined;
  readonly #logger = new Logger('RequestEntry');

  constructor(
    private readonly state: ServerState,
    private readonly router: (req: HttpRequest, res: HttpResponse) => void,
    private readonly observers: readonly RequestObserver[],
  ) {
    this.#cors = state.http.cors.allowOrigin.length > 0 ? new CrossOrigin(state.http.cors) : undefined;
  }

  /**
   * Takes over all requests of a server.
   *
   * @param secure whether it speaks TLS
   */
  serve(server: Server, secure: boolean, guard: ConnectionGuard): void {
    const addHeaders = fixedHeaders(this.state.http, secure);
    server.on('request', (req, res) => this.#enter(this.#begin(req, res, guard), addHeaders));
    // "100 Continue" is sent when the body is wanted, not before.
    server.on('checkContinue', (req, res) => {
      const response = this.#begin(req, res, guard);
      response.req.context.expectsContinue = true;
      this.#enter(response, addHeaders);
    });
    server.on('checkExpectation', (req, res) => {
      sendError(this.#begin(req, res, guard), restErrors.expectationFailed());
    });
  }

  #begin(req: IncomingMessage, res: ServerResponse, guard: ConnectionGuard): HttpResponse {
    const { state } = this;
    const { socket } = req;
    requestCame(socket);
    const context = new RequestContext(state, requestIdOf(req), performance.now());
    const response = withContext(req, res, context);
    const timer = this.#limit(response);
    state.requestsInFlight++;
    guard.begin(socket, response);
    res.on('close', () => {
      clearTimeout(timer);
      guard.end(socket, response);
      context.release();
      for (const observe of this.observers) observe(response.req, response);
      if (state.draining) guard.closeIdle();
    });
    return response;
  }

  /** Answers 504 when the request takes too long and nothing was answered; the controller's answer is dropped then. */
  #limit(res: HttpResponse): NodeJS.Timeout | undefined {
    const limit = this.state.http.requestTimeoutMs;
    if (limit === 0) return undefined;
    return setTimeout(() => {
      if (!res.req.context.answered && !res.destroyed) sendError(res, restErrors.timeout());
    }, limit);
  }

  #enter(res: HttpResponse, addHeaders: ((res: HttpResponse) => void) | undefined): void {
    const { req } = res;
    try {
      addHeaders?.(res);
      const preflight = this.#cors?.apply(req, res) ?? false;
      const target = req.url ?? '/';
      if (!target.startsWith(probes)) this.state.admit();
      if (req.headers.host === undefined && req.httpVersionMinor > 0) throw restErrors.malformedHttp();
      if (req.method === 'OPTIONS') return this.#options(res, target, preflight);
      req.url = routable(target);
    } catch (error) {
      if (!(error instanceof RestError)) this.#logger.error({ err: error }, 'A request failed on entry');
      sendError(res, toRestError(error));
      return;
    }
    this.router(req, res);
  }

  #options(res: HttpResponse, target: string, preflight: boolean): void {
    if (this.state.http.rejectOptions) throw restErrors.optionsRejected();
    if (preflight) {
      res.writeHead(200, [...beginAnswer(res), 'Content-Length', '0']).end();
      return;
    }
    const [path = '/'] = target === '*' ? ['/'] : routable(target).split('?');
    const methods = this.state.routes.methodsOf(path);
    if (methods.length === 0) throw restErrors.notFound();
    const headers = [...beginAnswer(res), 'Allow', methods.join(','), 'Content-Type', 'text/plain'];
    const body = methods.join(', ');
    res.writeHead(200, [...headers, 'Content-Length', String(body.length)]).end(body);
  }
}

/** Gives the request its context. */
function withContext(req: IncomingMessage, res: ServerResponse, context: RequestContext): HttpResponse {
  (req as { context?: RequestContext }).context = context;
  return res as HttpResponse;
}

/** Ids of this process: its own random start, then a number. Cheaper than a UUID a request, and as unique. */
const idPrefix = randomUUID().slice(0, 18);
let lastId = 0;

const usableId = /^[\x21-\x7e]{1,128}$/;

/** The client's own id, or a new one. */
function requestIdOf(req: IncomingMessage): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && usableId.test(given) ? given : `${idPrefix}-${(++lastId).toString(36)}`;
}
