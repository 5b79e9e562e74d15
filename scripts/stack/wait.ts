/** Resolves after `ms`; does not keep the process alive on its own account. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Asks again and again until the answer is not undefined.
 *
 * @throws {Error} that names what was waited for and the last failure, after `timeoutMs`
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number,
  everyMs = 100,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let failure: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      failure = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not there after ${timeoutMs / 1000} s`, { cause: failure });
    }
    await delay(everyMs);
  }
}

/** Thrown inside {@link waitFor} when waiting on has no sense, for example because the process ended. */
export class GiveUp extends Error {
  override readonly name = 'GiveUp';
}

/** The work's result, or a {@link GiveUp} as soon as the signal is aborted; the work itself goes on then. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new GiveUp('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
