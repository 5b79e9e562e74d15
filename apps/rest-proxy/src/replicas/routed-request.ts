import type { RequestListener } from 'node:http';
import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import type { ForwardOutcome, Serving } from '#libs/replicas/serving.ts';
import { receiveOnce } from '../http/body.ts';
import { RequestAbortedError } from '../http/request-aborted.error.ts';
import type { Routed } from '../http/routed.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { sendError } from '../http/send-error.ts';
import type { DeliveryReports } from './delivery-reports.ts';
import { ForwardCall } from './forward-call.ts';
import type { RequestHead } from './hop-heads.ts';
import type { PeerConnections } from './peer-connections.ts';

/** What is needed to send requests on. */
export interface Hop {
  readonly connections: PeerConnections;
  readonly reports: DeliveryReports;
}

/** Runs the router once; says whether it has answered, or whether the instance is elsewhere now. */
export class LocalRun implements Pick<Routed, 'passOn'> {
  #settle: ((result: 'done' | 'moved') => void) | undefined;
  #isLast = false;

  constructor(
    private readonly router: RequestListener,
    private readonly res: HttpResponse,
  ) {
    res.once('close', () => this.#settle?.('done'));
  }

  run(): Promise<'done' | 'moved'> {
    const { res } = this;
    if (res.req.context.answered || res.destroyed) return Promise.resolve('done');
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.router(res.req, res);
    });
  }

  /** The same, and whatever it finds is answered. */
  async runLast(): Promise<void> {
    this.#isLast = true;
    await this.run();
  }

  passOn(error: unknown): boolean {
    if (!(error instanceof ConsumerInstanceMovedError) || this.#isLast || this.#settle === undefined)
      return false;
    this.#settle('moved');
    this.#settle = undefined;
    return true;
  }
}

/** A client's request of a consumer instance: here is the client's connection, the instance is here or elsewhere. */
export class RoutedRequest implements Serving, Routed {
  readonly #local: LocalRun;
  #call: ForwardCall | undefined;

  constructor(
    router: RequestListener,
    private readonly res: HttpResponse,
    private readonly hop: Hop,
  ) {
    // As Express does it later.
    Object.assign(res.req, { res });
    this.#local = new LocalRun(router, res);
    res.once('close', () => this.#call?.clientDone());
    // Answered without us, because it took too long.
    res.once('finish', () => this.#call?.clientDone());
  }

  /** An AbortController for each request would cost as much as its routing. */
  get signal(): { readonly aborted: boolean } {
    return { aborted: this.res.destroyed };
  }

  here(): Promise<'done' | 'moved'> {
    this.res.req.context.owner = undefined;
    return this.#local.run();
  }

  /** Nobody has the instance: the controller says so, after whatever else is wrong with the request. */
  async hereAnyway(): Promise<void> {
    this.res.req.context.owner = undefined;
    await this.#local.runLast();
  }

  passOn(error: unknown): boolean {
    return this.#local.passOn(error);
  }

  async forward(to: Placement): Promise<ForwardOutcome> {
    const { res, hop } = this;
    const { context } = res.req;
    let body: Buffer;
    try {
      body = await receiveOnce(res.req);
    } catch (error) {
      return this.#refused(error);
    }
    if (context.answered || res.destroyed) return { outcome: 'done' };
    context.owner = to.address;
    const call = new ForwardCall(res, (id) => hop.reports.fateOf(to.address, id));
    const exchange = hop.connections.forward(to.address, this.#headFor(to), body, call);
    if (exchange === undefined) {
      sendError(res, restErrors.overloaded('too many requests at one replica', { retryAfterSeconds: 1 }));
      return { outcome: 'done' };
    }
    call.sent(exchange);
    this.#call = call;
    const outcome = await call.outcome;
    this.#call = undefined;
    return outcome;
  }

  #headFor({ epoch }: Placement): RequestHead {
    const { context, headers, method = 'GET', url: target = '/' } = this.res.req;
    return { method, target, requestId: context.requestId, epoch, headers };
  }

  /** The body cannot be had. The controller says so: after what it finds wrong besides, and in the type that was asked for. */
  async #refused(error: unknown): Promise<ForwardOutcome> {
    if (error instanceof RequestAbortedError) return { outcome: 'done' };
    await this.hereAnyway();
    return { outcome: 'done' };
  }
}
