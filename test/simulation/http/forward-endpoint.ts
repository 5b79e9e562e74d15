import { ConsumerInstanceMovedError } from '#libs/consumers/consumer-instance-moved.error.ts';
import type { RunningReplica } from '../world.ts';
import type { Hop } from './hop.ts';
import { failure, type Answer } from './operations.ts';

/** Answers requests that other replicas send on. */
export class ForwardEndpoint {
  /** @param confirmsItself a control that must go wrong: what was written to the other replica counts as received */
  constructor(
    private readonly node: RunningReplica,
    private readonly confirmsItself: boolean,
  ) {}

  async serve(hop: Hop): Promise<void> {
    const { router } = this.node;
    try {
      const served = await router.serveForwarded(hop.request.name, hop.epoch, () => this.#here(hop));
      if (served.outcome === 'not-owner') {
        hop.write({ kind: 'not-owner', holder: served.holder }, () => undefined);
      }
    } catch (error) {
      this.#write(hop, failure(error), undefined);
    }
  }

  async #here(hop: Hop): Promise<'done' | 'moved'> {
    const { deliveries } = this.node;
    try {
      const { answer, delivery } = await this.node.perform(hop.request, hop.gone.signal);
      if (delivery === undefined || answer.records.length === 0) {
        this.#write(hop, answer, undefined);
        return 'done';
      }
      hop.onAbandoned(() => delivery.abandon());
      this.#write(hop, answer, deliveries.add(delivery), () => {
        if (this.confirmsItself) delivery.confirm();
      });
      return 'done';
    } catch (error) {
      if (error instanceof ConsumerInstanceMovedError) return 'moved';
      throw error;
    }
  }

  #write(hop: Hop, answer: Answer, deliveryId: string | undefined, written = (): void => undefined): void {
    hop.write({ kind: 'answer', answer, deliveryId, isDraining: this.node.isDraining }, written);
  }
}
