import { Clock } from '#libs/consumers/clock.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** The clock of one process: its timers stop with it. */
export class VirtualClock extends Clock {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly process?: SimulatedProcess,
  ) {
    super();
  }

  now(): number {
    return this.scheduler.now;
  }

  after(ms: number, callback: () => void): () => void {
    return this.scheduler.after(ms, callback, this.process);
  }

  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.after(0, resolve);
    });
  }
}
