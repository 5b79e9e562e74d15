/**
 * Asks the first, the next when one fails or does not answer within `afterMs`, and so on; the first answer counts.
 *
 * @throws what the last one failed with, when all have failed
 */
export function hedged<Candidate, Answer>(
  candidates: readonly Candidate[],
  afterMs: number,
  ask: (candidate: Candidate) => Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let pending = 0;
    let isOver = false;
    const timer = setInterval(() => start(), afterMs);
    const start = (): void => {
      const candidate = candidates[next++];
      if (candidate === undefined) return;
      pending++;
      ask(candidate).then(
        (answer) => {
          isOver = true;
          clearInterval(timer);
          resolve(answer);
        },
        (error: unknown) => {
          pending--;
          if (!isOver) start();
          if (pending > 0) return;
          clearInterval(timer);
          reject(error);
        },
      );
    };
    start();
    if (pending === 0) {
      clearInterval(timer);
      reject(new TypeError('nobody to ask'));
    }
  });
}
