import type { BrokerLink } from './broker-link.ts';

/** Something to wait for, with a limit. */
export class WakeUp {
  readonly #waiting = new Set<() => void>();

  constructor(private readonly link: BrokerLink) {}

  fire(): void {
    for (const wake of this.#waiting) wake();
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        cancel();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.link.after(ms, wake);
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
