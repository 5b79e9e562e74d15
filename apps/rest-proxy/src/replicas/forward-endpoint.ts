import { IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger } from '@nestjs/common';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { RestError } from '#libs/errors/rest-error.ts';
import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import { toRestError } from '../http/kafka-errors.ts';
import { RequestContext } from '../http/request-context.ts';
import type { RequestObserver } from '../http/request-entry.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { sendError } from '../http/send-error.ts';
import { ServerState } from '../http/server-state.ts';
import { AnswerStream, type AnswerLink } from './answer-stream.ts';
import { ForwardedRequest } from './forwarded-request.ts';
import type { Message } from './frames.ts';
import { requestHeadOf, type RequestHead } from './hop-heads.ts';
import { instanceOfRequest } from './instance-requests.ts';
import { placementJson } from './placement-json.ts';

/** Answers clients' requests that other replicas send on. */
@Injectable()
export class ForwardEndpoint {
  readonly #logger = new Logger('ForwardEndpoint');
  #router: RequestListener | undefined;
  #log: RequestObserver | undefined;

  constructor(
    private readonly state: ServerState,
    private readonly replicas: ReplicaRouter,
    private readonly deliveries: ForwardedDeliveries,
  ) {}

  /** To be called before the first request. */
  answerBy(router: RequestListener, log: RequestObserver | undefined): void {
    this.#router = router;
    this.#log = log;
  }

  /** @throws {RangeError} it is no request of a consumer instance */
  serve(exchange: number, { body, text }: Message, link: AnswerLink): AnswerStream {
    const head = requestHeadOf(text);
    const name = instanceOfRequest(head.method, head.target);
    const router = this.#router;
    if (name === undefined || router === undefined) throw new RangeError('No request of a consumer instance');
    const req = requestOf(head, body, link.socketStandIn);
    const answer = new AnswerStream(exchange, req, link, (status, headers) =>
      request.headText(status, headers),
    );
    const response = this.#begin(req, answer, head, body);
    const request = new ForwardedRequest(router, response, this.deliveries);
    response.req.context.routed = request;
    void this.#answer(name, head.epoch, request, response, answer);
    return answer;
  }

  /** Never rejects. */
  async #answer(
    name: ConsumerInstanceName,
    epoch: number,
    request: ForwardedRequest,
    res: HttpResponse,
    answer: AnswerStream,
  ): Promise<void> {
    const { context } = res.req;
    try {
      context.hold(context.bytesIn);
      const served = await this.replicas.serveForwarded(name, epoch, () => request.here());
      if (served.outcome !== 'not-owner' || context.answered) return;
      answer.elsewhere(served.holder === undefined ? '' : placementJson(served.holder));
    } catch (error) {
      if (!(error instanceof RestError)) {
        this.#logger.error({ requestId: context.requestId, err: error }, 'A forwarded request failed');
      }
      if (!context.answered && !res.destroyed) sendError(res, toRestError(error));
      else if (!res.writableEnded) res.destroy();
    }
  }

  #begin(req: IncomingMessage, answer: AnswerStream, head: RequestHead, body: Buffer): HttpResponse {
    const context = new RequestContext(this.state, head.requestId, performance.now(), true);
    context.received = Promise.resolve(body);
    context.bytesIn = body.length;
    (req as { context?: RequestContext }).context = context;
    const response = answer.response as HttpResponse;
    response.once('close', () => {
      context.release();
      this.#log?.(response.req, response);
    });
    return response;
  }
}

/** The request as Node would have read it. */
function requestOf({ headers, method, target }: RequestHead, body: Buffer, socket: Socket): IncomingMessage {
  const req = new IncomingMessage(socket);
  req.method = method;
  req.url = target;
  req.httpVersion = '1.1';
  req.httpVersionMajor = 1;
  req.httpVersionMinor = 1;
  if (body.length > 0 || method === 'POST') headers['content-length'] = String(body.length);
  req.headers = headers;
  req.complete = true;
  return req;
}
