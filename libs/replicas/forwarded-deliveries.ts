import type { Clock } from '#libs/consumers/clock.ts';
import type { Delivery } from '#libs/consumers/delivery.ts';

/** So long after its last sign a delivery is forgotten: nobody will say any more what became of it. */
const forgetMs = 60_000;

/**
 * Deliveries whose answers go to clients through other replicas.
 *
 * Only the replica that holds the client's connection knows what became of an answer. That ours was written completely
 * to the other replica means nothing: until that one says so, the delivery is unconfirmed.
 */
export class ForwardedDeliveries {
  readonly #deliveries = new Map<string, { readonly delivery: Delivery; readonly forget: () => void }>();
  #last = 0;

  constructor(
    private readonly clock: Clock,
    /** Begins every id: those of another process, or of an earlier start, must not be mistaken for ours. */
    private readonly prefix: string,
  ) {}

  get size(): number {
    return this.#deliveries.size;
  }

  /** @returns the id under which the other replica reports */
  add(delivery: Delivery): string {
    const id = `${this.prefix}-${(++this.#last).toString(36)}`;
    this.#keep(id, delivery);
    return id;
  }

  /** The client has it. @returns false when the delivery is not known any more */
  confirm(id: string): boolean {
    return this.#with(id, (delivery) => delivery.confirm());
  }

  /** The client did not get it, whatever was said before. */
  abandon(id: string): boolean {
    return this.#with(id, (delivery) => delivery.abandon());
  }

  /** It is still on its way. */
  hold(id: string, ms: number): boolean {
    return this.#with(id, (delivery) => delivery.hold(ms));
  }

  #with(id: string, report: (delivery: Delivery) => void): boolean {
    const known = this.#deliveries.get(id);
    if (known === undefined) return false;
    known.forget();
    this.#keep(id, known.delivery);
    report(known.delivery);
    return true;
  }

  #keep(id: string, delivery: Delivery): void {
    const forget = this.clock.after(forgetMs, () => this.#deliveries.delete(id));
    this.#deliveries.set(id, { delivery, forget });
  }
}
