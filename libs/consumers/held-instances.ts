import type { ConsumerInstance } from './consumer-instance.ts';
import type { ConsumerInstanceName } from './consumer-registry.ts';

/** An instance of this process. */
export interface Held {
  readonly instance: ConsumerInstance;
  readonly epoch: number;
  /** It is being handed over. */
  isGoing: boolean;
}

/** The instances of this process by group and id. */
export class HeldInstances {
  readonly #groups = new Map<string, Map<string, Held>>();

  find({ group, id }: ConsumerInstanceName): Held | undefined {
    return this.#groups.get(group)?.get(id);
  }

  /** That of this very instance. */
  of(instance: ConsumerInstance): Held | undefined {
    const held = this.find(instance.options);
    return held?.instance === instance ? held : undefined;
  }

  all(): readonly Held[] {
    return [...this.#groups.values()].flatMap((group) => [...group.values()]);
  }

  add(held: Held): void {
    const { group, id } = held.instance.options;
    const instances = this.#groups.get(group) ?? new Map<string, Held>();
    this.#groups.set(group, instances);
    instances.set(id, held);
  }

  /** @returns whether it was there */
  delete({ instance }: Held): boolean {
    const { group, id } = instance.options;
    const instances = this.#groups.get(group);
    if (instances?.get(id)?.instance !== instance) return false;
    instances.delete(id);
    if (instances.size === 0) this.#groups.delete(group);
    return true;
  }
}
