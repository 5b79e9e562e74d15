/** Wakes those who wait for something to change. */
export class Signal {
  readonly #waiters = new Set<() => void>();

  /** Wakes all that wait now. */
  fire(): void {
    for (const wake of this.#waiters) wake();
  }

  /** Resolves when fired, aborted or after `ms`, whichever comes first; Infinity waits without an end. */
  wait(ms: number, abort?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        abort?.removeEventListener('abort', wake);
        resolve();
      };
      if (abort?.aborted === true) {
        resolve();
        return;
      }
      this.#waiters.add(wake);
      if (ms !== Infinity) timer = setTimeout(wake, Math.max(0, Math.min(ms, longestTimerMs))).unref();
      abort?.addEventListener('abort', wake, { once: true });
    });
  }
}

const longestTimerMs = 2 ** 31 - 1;

/** What `work` gives, or undefined when it takes longer than `ms`; then what it gives later is nobody's. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
