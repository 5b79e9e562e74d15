import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { RestError } from '#libs/errors/rest-error.ts';
import type { ForwardOutcome } from '#libs/replicas/serving.ts';
import type { AnswerFate } from '../http/routed.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { sendError } from '../http/send-error.ts';
import { ForwardedAnswer } from './forwarded-answer.ts';
import { deliveryHeader, drainingHeader, endpointHeader, headerOf } from './hop-headers.ts';
import { placementOf } from './placement-json.ts';
import type { Listening } from './silence-watch.ts';

/** So much of an answer is here before the first byte goes to the client: until then another try can be made. */
const collectBytes = 262_144;

type Controller = Dispatcher.DispatchController;

interface Begun {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly answer: ForwardedAnswer;
}

/** A request on its way through another replica, which ends in the answer to the client or in an outcome to act on. */
export class ForwardCall implements Dispatcher.DispatchHandler, Listening {
  readonly outcome: Promise<ForwardOutcome>;
  heardAt = performance.now();
  readonly #settle: (outcome: ForwardOutcome) => void;
  #isOver = false;
  /** To be told whether the request has reached a replica. */
  #arrived: ((arrived: boolean) => void) | undefined;
  /** The other replica has no more part in it. */
  #isHere = false;
  #controller: Controller | undefined;
  #begun: Begun | undefined;
  #collected: Buffer[] = [];
  #bytes = 0;
  #fate: AnswerFate | undefined;
  /** The client has it, or a part of it. */
  #isAnswered = false;

  constructor(
    private readonly res: HttpResponse,
    /** What is to be told of a delivery. */
    private readonly fateOf: (id: string) => AnswerFate,
    arrived?: (arrived: boolean) => void,
  ) {
    this.#arrived = arrived;
    const { promise, resolve } = Promise.withResolvers<ForwardOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
  }

  /** The client is gone or has had another answer, or this one is complete. */
  clientDone(): void {
    this.#end({ outcome: 'done' });
  }

  silent(): void {
    if (this.#isHere || this.#controller?.paused === true) return;
    if (this.#isAnswered) {
      // The client has a part of the answer already.
      this.res.destroy();
      this.#end({ outcome: 'done' });
      return;
    }
    this.#end(this.#controller === undefined ? { outcome: 'unreachable' } : broken(true));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(unwanted);
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    this.heardAt = performance.now();
    const isReplica = status < 200 || headerOf(headers, endpointHeader) !== undefined;
    if (isReplica) this.#hasArrived(true);
    if (status < 200 || this.#isOver) return;
    if (!isReplica) {
      // Something else listens at the address now, or it does not know us.
      this.#end({ outcome: 'unreachable' });
      return;
    }
    const id = headerOf(headers, deliveryHeader);
    if (id !== undefined) this.#fate = this.fateOf(id);
    this.#begun = { status, headers, answer: new ForwardedAnswer(this.res, status, headers, this.#fate) };
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.heardAt = performance.now();
    if (this.#isOver || this.#begun === undefined) return;
    const { answer } = this.#begun;
    if (this.#isAnswered) {
      this.#pass(answer, controller, chunk);
      return;
    }
    this.#try(() => {
      this.res.req.context.hold(chunk.length);
      this.#collected.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes <= collectBytes) return;
      const collected = this.#collected;
      this.#collected = [];
      answer.begin();
      this.#isAnswered = true;
      for (const each of collected) this.#pass(answer, controller, each);
    });
  }

  onResponseEnd(): void {
    if (this.#isOver || this.#begun === undefined) return;
    this.#isHere = true;
    const { answer, headers, status } = this.#begun;
    if (this.#isAnswered) {
      answer.end();
      return;
    }
    const body = this.#collected.length === 1 ? this.#collected[0] : Buffer.concat(this.#collected);
    if (status === 421) {
      this.#end({ outcome: 'not-owner', holder: placementOf(body?.toString() ?? '') });
    } else if (status === 503 && headerOf(headers, drainingHeader) !== undefined) {
      this.#end(broken(false));
    } else {
      this.#try(() => {
        answer.send(body ?? Buffer.alloc(0));
        this.#isAnswered = true;
      });
    }
  }

  onResponseError(): void {
    if (this.#isOver) return;
    if (this.#isAnswered) {
      if (!this.res.writableEnded) this.res.destroy();
      return;
    }
    this.#end(this.#controller === undefined ? { outcome: 'unreachable' } : broken(false));
  }

  #pass(answer: ForwardedAnswer, controller: Controller, chunk: Buffer): void {
    const goOn = answer.write(chunk, () => {
      this.heardAt = performance.now();
      controller.resume();
    });
    if (!goOn) controller.pause();
  }

  /** Answers; what cannot be answered because of us is answered with our error. */
  #try(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      const { res } = this;
      this.#end({ outcome: 'done' });
      if (error instanceof RestError && !res.req.context.answered && !res.destroyed) sendError(res, error);
    }
  }

  #hasArrived(arrived: boolean): void {
    this.#arrived?.(arrived);
    this.#arrived = undefined;
  }

  #end(outcome: ForwardOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hasArrived(false);
    this.#collected = [];
    // Once there is an answer, its own end says what became of it.
    if (!this.#isAnswered) this.#fate?.abandon();
    if (!this.#isHere) this.#controller?.abort(unwanted);
    this.#settle(outcome);
  }
}

/** One for all: what makes an error expensive is its stack. */
const unwanted = new Error('Nobody waits for the answer');

const broken = (silent: boolean): ForwardOutcome => ({ outcome: 'broken', silent });
