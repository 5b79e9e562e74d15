import type { Clock } from '#libs/consumers/clock.ts';
import type { Delivery } from '#libs/consumers/delivery.ts';

/** So long after its last sign a delivery is forgotten: nobody will say any more what became of it. */
const openMs = 60_000;
/** So long after it was confirmed: only for this time that can be taken back. */
const confirmedMs = 6_000;
/** What is forgotten before its time stays unconfirmed, and is delivered again. */
const mostOpen = 100_000;
const mostConfirmed = 20_000;

interface Kept {
  readonly delivery: Delivery;
  readonly until: number;
}

/**
 * Deliveries whose answers go to clients through other replicas.
 *
 * Only the replica that holds the client's connection knows what became of an answer. That ours was written completely
 * to the other replica means nothing: until that one says so, the delivery is unconfirmed.
 */
export class ForwardedDeliveries {
  /** Each map has what ends first at its front. */
  readonly #open = new Map<string, Kept>();
  readonly #confirmed = new Map<string, Kept>();
  #last = 0;

  constructor(
    private readonly clock: Clock,
    /** Begins every id: those of another process, or of an earlier start, must not be mistaken for ours. */
    private readonly prefix: string,
  ) {}

  get size(): number {
    this.#forgetOld();
    return this.#open.size + this.#confirmed.size;
  }

  /** @returns the id under which the other replica reports */
  add(delivery: Delivery): string {
    const id = `${this.prefix}-${(++this.#last).toString(36)}`;
    this.#open.set(id, { delivery, until: this.clock.now() + openMs });
    this.#forgetOld();
    return id;
  }

  /**
   * The client has it.
   *
   * @param stillHas asked before somebody goes on: whether the client has not gone since. Never rejects
   * @returns false when the delivery is not known any more
   */
  confirm(id: string, stillHas?: () => Promise<boolean>): boolean {
    const delivery = this.#take(id);
    if (delivery === undefined) return false;
    this.#confirmed.set(id, { delivery, until: this.clock.now() + confirmedMs });
    delivery.confirm(stillHas);
    return true;
  }

  /** The client did not get it, whatever was said before. */
  abandon(id: string): boolean {
    const delivery = this.#take(id);
    if (delivery === undefined) return false;
    this.#open.set(id, { delivery, until: this.clock.now() + openMs });
    delivery.abandon();
    return true;
  }

  /** It is still on its way. */
  hold(id: string, ms: number): boolean {
    const delivery = this.#take(id);
    if (delivery === undefined) return false;
    this.#open.set(id, { delivery, until: this.clock.now() + openMs });
    delivery.hold(ms);
    return true;
  }

  #take(id: string): Delivery | undefined {
    this.#forgetOld();
    const kept = this.#open.get(id) ?? this.#confirmed.get(id);
    this.#open.delete(id);
    this.#confirmed.delete(id);
    return kept?.delivery;
  }

  #forgetOld(): void {
    const now = this.clock.now();
    forgetFrom(this.#open, mostOpen, now);
    forgetFrom(this.#confirmed, mostConfirmed, now);
  }
}

function forgetFrom(kept: Map<string, Kept>, most: number, now: number): void {
  for (const [id, { until }] of kept) {
    if (until > now && kept.size <= most) return;
    kept.delete(id);
  }
}
