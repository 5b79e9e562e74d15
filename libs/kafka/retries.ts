import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaConnectionConfig } from './connection-config.ts';
import { KafkaError } from './kafka-error.ts';

/** One try of an operation. */
export interface Attempt {
  readonly number: number;
  /** Says that the try failed. @throws the error itself when it may not be retried or the time is over */
  failed(error: unknown): void;
}

/** How long to wait before try `number` + 1: exponential, with jitter of a fifth. */
export function backoffMs(
  config: Pick<KafkaConnectionConfig, 'retryBackoffMs' | 'retryBackoffMaxMs'>,
  number: number,
): number {
  const ms = Math.min(config.retryBackoffMs * 2 ** Math.min(number, 16), config.retryBackoffMaxMs);
  return ms * (0.8 + Math.random() * 0.4);
}

/**
 * Tries of an operation: `for await (const attempt of retriesOf(config, 5000)) try { return …; } catch (e) { attempt.failed(e); }`.
 *
 * Errors that are not a KafkaError, or not retriable, end it at once; so does a deadline that the next back-off would pass.
 */
export async function* retriesOf(
  config: Pick<KafkaConnectionConfig, 'retryBackoffMs' | 'retryBackoffMaxMs'>,
  timeoutMs: number,
): AsyncGenerator<Attempt, void, undefined> {
  const deadline = performance.now() + timeoutMs;
  for (let number = 0; ; number++) {
    const pause = backoffMs(config, number);
    yield {
      number,
      failed(error) {
        if (!(error instanceof KafkaError) || !error.retriable || performance.now() + pause > deadline)
          throw error;
      },
    };
    await sleep(pause);
  }
}
