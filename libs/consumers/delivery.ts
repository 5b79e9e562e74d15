import type { ConsumerRecord } from '#libs/kafka/kafka-types.ts';

/** Whoever waits to hear what became of a delivery. */
export interface DeliveryOwner {
  confirmed(delivery: Delivery, stillHas?: () => Promise<boolean>): void;
  abandoned(delivery: Delivery): void;
  held(delivery: Delivery, ms: number): void;
}

/**
 * What one read hands out: delivered when it is made, confirmed when the answer was written completely.
 *
 * `confirm` or `abandon` is to be called. Until then the next read waits a little and then takes the records back, after
 * which both do nothing: the records are delivered again.
 */
export class Delivery {
  constructor(
    readonly records: readonly ConsumerRecord[],
    /** Per record its key and value as JSON text; null for null. */
    readonly keys: readonly (Buffer | null)[],
    readonly values: readonly (Buffer | null)[],
    private readonly owner: DeliveryOwner,
  ) {}

  /**
   * The client has it: commits may pass it.
   *
   * @param stillHas whether that was not taken back since, asked before somebody goes on: the word of it may be slower
   *   than the client's next request. Never rejects. Called again without it, there is nothing to ask any more
   */
  confirm(stillHas?: () => Promise<boolean>): void {
    this.owner.confirmed(this, stillHas);
  }

  /**
   * The client did not get it: the next read delivers the same records again. Undoes `confirm` as well, as long as
   * nothing was built upon it: no later read, no commit, and not for long.
   */
  abandon(): void {
    this.owner.abandoned(this);
  }

  /** Still on its way: nobody takes the records back for so many ms from now. */
  hold(ms: number): void {
    this.owner.held(this, ms);
  }
}
