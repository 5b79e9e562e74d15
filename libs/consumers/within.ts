import type { Clock } from './clock.ts';

/** Waits for the work, but not longer. Rejects as the work does, if it does so in time. */
export async function within(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, resolve);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
