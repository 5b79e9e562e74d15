import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import { toRestError } from '../http/kafka-errors.ts';
import { RequestContext } from '../http/request-context.ts';
import type { RequestObserver } from '../http/request-entry.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { sendError } from '../http/send-error.ts';
import { ServerState } from '../http/server-state.ts';
import { ForwardedRequest } from './forwarded-request.ts';
import { endpointHeader, epochHeader } from './hop-headers.ts';
import { instanceOfRequest } from './instance-requests.ts';
import { placementJson } from './placement-json.ts';
import { SignsOfLife } from './signs-of-life.ts';

/** Answers clients' requests that other replicas send on. */
@Injectable()
export class ForwardEndpoint {
  readonly #logger = new Logger('ForwardEndpoint');
  readonly #signs = new SignsOfLife();
  #router: RequestListener | undefined;
  #log: RequestObserver | undefined;

  constructor(
    private readonly state: ServerState,
    private readonly replicas: ReplicaRouter,
    private readonly deliveries: ForwardedDeliveries,
  ) {}

  /** Requests that have no answer yet. */
  get waiting(): number {
    return this.#signs.size;
  }

  /** To be called before the first request. */
  answerBy(router: RequestListener, log: RequestObserver | undefined): void {
    this.#router = router;
    this.#log = log;
  }

  /**
   * @param target what the client asked the other replica for
   * @throws {RestError} 404 when it is no request of a consumer instance
   */
  async serve(req: IncomingMessage, res: ServerResponse, target: string): Promise<void> {
    const name = instanceOfRequest(req.method, target);
    const epoch = Number(req.headers[epochHeader]);
    if (name === undefined || !Number.isSafeInteger(epoch) || this.#router === undefined) {
      throw restErrors.notFound();
    }
    const response = this.#begin(req, res);
    req.url = target;
    const request = new ForwardedRequest(this.#router, response, this.deliveries);
    response.req.context.routed = request;
    this.#signs.of(res);
    await this.#answer(name, epoch, request, response);
  }

  /** Never rejects. */
  async #answer(
    name: ConsumerInstanceName,
    epoch: number,
    request: ForwardedRequest,
    res: HttpResponse,
  ): Promise<void> {
    const { context } = res.req;
    try {
      const served = await this.replicas.serveForwarded(name, epoch, () => request.here());
      if (served.outcome === 'not-owner' && !context.answered && !res.destroyed) refuse(res, served.holder);
    } catch (error) {
      if (!(error instanceof RestError)) {
        this.#logger.error({ requestId: context.requestId, err: error }, 'A forwarded request failed');
      }
      if (!context.answered && !res.destroyed) sendError(res, toRestError(error));
      else if (!res.writableEnded) res.destroy();
    }
  }

  #begin(req: IncomingMessage, res: ServerResponse): HttpResponse {
    const given = req.headers['x-request-id'];
    const requestId = typeof given === 'string' ? given : '';
    const context = new RequestContext(this.state, requestId, performance.now(), true);
    (req as { context?: RequestContext }).context = context;
    const response = res as HttpResponse;
    // What the client gets of these the other replica makes itself.
    res.sendDate = false;
    if (res.shouldKeepAlive) res.removeHeader('Connection');
    res.once('close', () => {
      context.release();
      this.#log?.(response.req, response);
    });
    return response;
  }
}

/** It is not here. */
function refuse(res: ServerResponse, holder: Placement | undefined): void {
  const body = holder === undefined ? '' : placementJson(holder);
  const length = String(Buffer.byteLength(body));
  res.writeHead(421, [endpointHeader, '', 'Content-Type', 'application/json', 'Content-Length', length]);
  res.end(body);
}
