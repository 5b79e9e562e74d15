import type { Clock } from '#libs/consumers/clock.ts';

export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** Does the work for each, so many at a time. Rejects with the first failure, when those under way have ended. */
export async function forEachOf<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: atATime }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}
