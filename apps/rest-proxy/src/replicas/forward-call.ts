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

interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** A request on its way through another replica, which ends in the answer to the client or in an outcome to act on. */
export class ForwardCall implements Dispatcher.DispatchHandler, Listening {
  readonly outcome: Promise<ForwardOutcome>;
  heardAt = performance.now();
  readonly #settle: (outcome: ForwardOutcome) => void;
  #isOver = false;
  /** The other replica has no more part in it. */
  #isHere = false;
  #controller: Controller | undefined;
  #head: Head | undefined;
  #collected: Buffer[] = [];
  #bytes = 0;
  #fate: AnswerFate | undefined;
  #answer: ForwardedAnswer | undefined;

  constructor(
    private readonly res: HttpResponse,
    /** What is to be told of a delivery. */
    private readonly fateOf: (id: string) => AnswerFate,
  ) {
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
    if (this.#answer !== undefined) {
      // The client has a part of the answer already.
      this.res.destroy();
      this.#end({ outcome: 'done' });
      return;
    }
    this.#end(this.#controller === undefined ? { outcome: 'unreachable' } : broken(true));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('Nobody waits for the answer'));
  }

  onResponseStart(_controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    this.heardAt = performance.now();
    if (status < 200 || this.#isOver) return;
    this.#head = { status, headers };
    if (headerOf(headers, endpointHeader) === undefined) {
      // Something else listens at the address now, or it does not know us.
      this.#end({ outcome: 'unreachable' });
      return;
    }
    const id = headerOf(headers, deliveryHeader);
    if (id !== undefined) this.#fate = this.fateOf(id);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.heardAt = performance.now();
    if (this.#isOver) return;
    if (this.#answer !== undefined) {
      this.#pass(this.#answer, controller, chunk);
      return;
    }
    this.#collected.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= collectBytes || this.#head === undefined) return;
    const head = this.#head;
    this.#try(() => {
      const collected = this.#collected;
      this.#collected = [];
      const answer = new ForwardedAnswer(this.res, head.status, head.headers, this.#fate);
      answer.begin(this.#bytes);
      this.#answer = answer;
      for (const each of collected) this.#pass(answer, controller, each);
    });
  }

  onResponseEnd(): void {
    const head = this.#head;
    if (this.#isOver || head === undefined) return;
    this.#isHere = true;
    if (this.#answer !== undefined) {
      this.#answer.end();
      return;
    }
    const body = this.#collected.length === 1 ? this.#collected[0] : Buffer.concat(this.#collected);
    if (head.status === 421) {
      this.#end({ outcome: 'not-owner', holder: placementOf(body?.toString() ?? '') });
    } else if (head.status === 503 && headerOf(head.headers, drainingHeader) !== undefined) {
      this.#end(broken(false));
    } else {
      this.#try(() => {
        const answer = new ForwardedAnswer(this.res, head.status, head.headers, this.#fate);
        answer.send(body ?? Buffer.alloc(0));
        this.#answer = answer;
      });
    }
  }

  onResponseError(): void {
    if (this.#isOver) return;
    if (this.#answer !== undefined) {
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

  #end(outcome: ForwardOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#collected = [];
    // Once there is an answer, its own end says what became of it.
    if (this.#answer === undefined) this.#fate?.abandon();
    this.#controller?.abort(new Error('Nobody waits for the answer'));
    this.#settle(outcome);
  }
}

const broken = (silent: boolean): ForwardOutcome => ({ outcome: 'broken', silent });
