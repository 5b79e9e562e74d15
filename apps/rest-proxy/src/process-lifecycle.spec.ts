import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProcessLifecycle, type ProcessLike } from './process-lifecycle.ts';

class FakeProcess extends EventEmitter implements ProcessLike {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

/** A proxy whose closing ends when the test says so. */
function scene(): {
  process: FakeProcess;
  lines: string[];
  closing: PromiseWithResolvers<void>;
  closes: () => number;
} {
  const process = new FakeProcess();
  const lines: string[] = [];
  const closing = Promise.withResolvers<void>();
  let closes = 0;
  const write = (...args: readonly unknown[]): void => void lines.push(String(args.at(-1)));
  const proxy = {
    close: () => {
      closes++;
      return closing.promise;
    },
    logger: { info: write, fatal: write, flush: (done?: (error?: Error) => void) => done?.() },
  };
  new ProcessLifecycle(proxy, process, 1_000).watch();
  return { process, lines, closing, closes: () => closes };
}

describe('ProcessLifecycle', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each(['SIGTERM', 'SIGINT'])('%s closes the proxy and ends with 0', async (signal) => {
    const { process, lines, closing, closes } = scene();
    process.emit(signal, signal);
    expect(closes()).toBe(1);
    expect(process.exits).toEqual([]);
    closing.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(process.exits).toEqual([0]);
    expect(lines).toEqual(['stopping', 'stopped']);
  });

  it('a second signal does not wait', () => {
    const { process, closes } = scene();
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGTERM', 'SIGTERM');
    expect(process.exits).toEqual([1]);
    expect(closes()).toBe(1);
  });

  it('closing that takes too long ends with 1', async () => {
    const { process } = scene();
    process.emit('SIGTERM', 'SIGTERM');
    await vi.advanceTimersByTimeAsync(5_999);
    expect(process.exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(process.exits).toEqual([1]);
  });

  it('closing that fails ends with 1', async () => {
    const { process, lines, closing } = scene();
    process.emit('SIGTERM', 'SIGTERM');
    closing.reject(new Error('no'));
    await vi.advanceTimersByTimeAsync(0);
    expect(process.exits).toEqual([1]);
    expect(lines).toEqual(['stopping', 'closing failed']);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('%s is said and ends with 1', (event) => {
    const { process, lines, closes } = scene();
    process.emit(event, new Error('fault'));
    expect(process.exits).toEqual([1]);
    expect(lines).toHaveLength(1);
    expect(closes()).toBe(0);
  });
});
