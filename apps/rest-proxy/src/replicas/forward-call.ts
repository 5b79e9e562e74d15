import { RestError } from '#libs/errors/rest-error.ts';
import type { ForwardOutcome } from '#libs/replicas/serving.ts';
import { RequestAbortedError } from '../http/request-aborted.error.ts';
import type { AnswerFate } from '../http/routed.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { sendError } from '../http/send-error.ts';
import { windowBytes } from './answer-stream.ts';
import { ForwardedAnswer } from './forwarded-answer.ts';
import type { AnswerHead } from './hop-heads.ts';
import type { LinkCall, LinkExchange } from './peer-link.ts';
import { placementOf } from './placement-json.ts';

/** So much of an answer is here before the first byte goes to the client: until then another try can be made. */
const collectBytes = windowBytes / 2;
/** What has gone on to the client is told in portions. */
const portionBytes = 65_536;

/** A request on its way through another replica, which ends in the answer to the client or in an outcome to act on. */
export class ForwardCall implements LinkCall {
  readonly outcome: Promise<ForwardOutcome>;
  readonly #settle: (outcome: ForwardOutcome) => void;
  #exchange: LinkExchange | undefined;
  #isOver = false;
  /** The other replica has no more part in it. */
  #isHere = false;
  #answer: ForwardedAnswer | undefined;
  #collected: Buffer[] = [];
  #bytes = 0;
  #takenBytes = 0;
  #fate: AnswerFate | undefined;
  /** The client has it, or a part of it. */
  #isAnswered = false;

  constructor(
    private readonly res: HttpResponse,
    /** What is to be told of a delivery. */
    private readonly fateOf: (id: string) => AnswerFate,
  ) {
    const { promise, resolve } = Promise.withResolvers<ForwardOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
  }

  /** It is on its way. */
  sent(exchange: LinkExchange): void {
    this.#exchange = exchange;
  }

  /** The client is gone or has had another answer, or this one is complete. */
  clientDone(): void {
    this.#end({ outcome: 'done' });
  }

  begun(head: AnswerHead): void {
    if (!this.#isOver) this.#answer = this.#begin(head);
  }

  data(bytes: Buffer): void {
    const answer = this.#answer;
    if (this.#isOver || answer === undefined) return;
    if (this.#isAnswered) {
      this.#pass(answer, bytes);
      return;
    }
    this.#try(() => {
      this.res.req.context.hold(bytes.length);
      this.#collected.push(bytes);
      this.#bytes += bytes.length;
      if (this.#bytes < collectBytes) return;
      answer.begin();
      this.#isAnswered = true;
      for (const each of this.#collected.splice(0)) this.#pass(answer, each);
    });
  }

  ended(): void {
    const answer = this.#answer;
    if (this.#isOver || answer === undefined) return;
    this.#isHere = true;
    if (this.#isAnswered) answer.end();
    else this.#send(answer, Buffer.concat(this.#collected));
  }

  answered(head: AnswerHead, body: Buffer): void {
    this.#isHere = true;
    if (this.#isOver) return;
    if (head.status === 503 && head.isDraining) {
      this.#end(broken(false));
    } else {
      const answer = this.#begin(head);
      this.#try(() => {
        this.res.req.context.hold(body.length);
        this.#send(answer, body);
      });
    }
  }

  elsewhere(text: string): void {
    this.#isHere = true;
    this.#end({ outcome: 'not-owner', holder: placementOf(text) });
  }

  broken(): void {
    this.#isHere = true;
    if (this.#isAnswered && !this.res.writableEnded) this.res.destroy();
    else if (!this.#isAnswered) this.#end(broken(false));
  }

  unreachable(): void {
    this.#isHere = true;
    this.#end({ outcome: 'unreachable' });
  }

  silent(): void {
    this.#isHere = true;
    if (this.#isAnswered) {
      // The client has a part of the answer already.
      this.res.destroy();
      this.#end({ outcome: 'done' });
    } else {
      this.#end(broken(true));
    }
  }

  #begin(head: AnswerHead): ForwardedAnswer {
    if (head.delivery !== '') this.#fate = this.fateOf(head.delivery);
    return new ForwardedAnswer(this.res, head, this.#fate);
  }

  #send(answer: ForwardedAnswer, body: Buffer): void {
    this.#try(() => {
      answer.send(body);
      this.#isAnswered = true;
    });
  }

  #pass(answer: ForwardedAnswer, bytes: Buffer): void {
    this.#takenBytes += bytes.length;
    const goOn = answer.write(bytes, () => this.#tellTaken());
    if (goOn && this.#takenBytes >= portionBytes) this.#tellTaken();
  }

  #tellTaken(): void {
    const bytes = this.#takenBytes;
    this.#takenBytes = 0;
    if (bytes > 0 && !this.#isHere) this.#exchange?.taken(bytes);
  }

  /** Answers; what cannot be answered because of us is answered with our error. */
  #try(answer: () => void): void {
    try {
      answer();
    } catch (error) {
      const { res } = this;
      this.#end({ outcome: 'done' });
      if (error instanceof RequestAbortedError || res.destroyed) return;
      if (error instanceof RestError && !res.req.context.answered) sendError(res, error);
      // Another replica's head may be one that cannot be sent.
      else res.destroy();
    }
  }

  #end(outcome: ForwardOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#collected = [];
    // Once there is an answer, its own end says what became of it.
    if (!this.#isAnswered) this.#fate?.abandon();
    if (!this.#isHere) this.#exchange?.cancel();
    this.#settle(outcome);
  }
}

const broken = (silent: boolean): ForwardOutcome => ({ outcome: 'broken', silent });
