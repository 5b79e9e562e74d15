import type { RequestListener } from 'node:http';
import { Delivery } from '#libs/consumers/delivery.ts';
import type { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import type { AnswerFate, Routed } from '../http/routed.ts';
import type { HttpResponse } from '../http/rest-request.ts';
import { answerHeadText } from './hop-heads.ts';
import { LocalRun } from './routed-request.ts';

/** A request that another replica has sent on: the client's connection is there, the instance is here. */
export class ForwardedRequest implements Routed {
  readonly #local: LocalRun;
  #delivery = '';

  constructor(
    router: RequestListener,
    private readonly res: HttpResponse,
    private readonly deliveries: ForwardedDeliveries,
  ) {
    this.#local = new LocalRun(router, res);
  }

  here(): Promise<'done' | 'moved'> {
    return this.#local.run();
  }

  passOn(error: unknown): boolean {
    return this.#local.passOn(error);
  }

  readonly entrust = (fate: AnswerFate): void => {
    this.#delivery = this.deliveries.add(lightDelivery(fate));
  };

  /** What the other replica gets of the head of the answer. */
  headText(status: number, headers: readonly string[]): string {
    const { endpoint = '', records, server } = this.res.req.context;
    const delivery = this.#delivery;
    return answerHeadText({ status, endpoint, delivery, records, isDraining: server.draining, headers });
  }
}

/**
 * Reports go to the delivery for as long as its instance knows it; its records are not kept for those that come later
 * or never.
 */
function lightDelivery(fate: AnswerFate): Delivery {
  const weak = new WeakRef(fate);
  return new Delivery([], [], [], {
    confirmed: (_delivery, stillHas) => weak.deref()?.confirm(stillHas),
    abandoned: () => weak.deref()?.abandon(),
    held: (_delivery, ms) => weak.deref()?.hold(ms),
  });
}
