import { consumerInstanceKey } from './consumer-instance-key.ts';
import type { ConsumerInstanceName } from './consumer-registry.ts';

/** Names with which something is under way after which it is clear where their instances are. */
export class Settling {
  readonly #names = new Map<string, Promise<void>>();

  /** Resolves when it is clear; never rejects. undefined when nothing is under way. */
  of(name: ConsumerInstanceName): Promise<void> | undefined {
    return this.#names.get(consumerInstanceKey(name));
  }

  /** Whoever asks while the work goes on is told to wait for it. */
  async during<T>(name: ConsumerInstanceName, work: () => Promise<T>): Promise<T> {
    const key = consumerInstanceKey(name);
    const mine = work();
    const all = this.#ended([this.#names.get(key) ?? Promise.resolve(), mine]);
    this.#names.set(key, all);
    try {
      return await mine;
    } finally {
      if (this.#names.get(key) === all) this.#names.delete(key);
    }
  }

  async #ended(all: readonly Promise<unknown>[]): Promise<void> {
    await Promise.allSettled(all);
  }
}
