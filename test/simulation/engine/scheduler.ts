import { EventQueue } from './event-queue.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/**
 * Virtual time. All that happens is an event in one queue; between two events every promise that can go on does so.
 *
 * What runs here must wait for nothing but events: no timers, no sockets, no files.
 */
export class Scheduler {
  readonly #queue = new EventQueue();
  readonly #random: Random;
  #now = 0;
  #executed = 0;
  #hash = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  get now(): number {
    return this.#now;
  }

  /** Events that have happened. */
  get executed(): number {
    return this.#executed;
  }

  /** Of all that has happened, and when. */
  get hash(): number {
    return this.#hash >>> 0;
  }

  /** Of what was seen, so that two runs can be compared. */
  mix(text: string): void {
    let hash = this.#hash;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619);
    this.#hash = hash;
  }

  /** @param process waits for it, and never happens when it has died @returns cancels */
  after(ms: number, callback: () => void, process?: SimulatedProcess): () => void {
    const at = this.#now + Math.max(0, ms);
    const event = { at, order: this.#random.next(), callback, process, isCancelled: false };
    this.#queue.push(event);
    return () => {
      event.isCancelled = true;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Lets time pass. Rejects with what an event throws. @param isOver ends it early */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const step = (): void => {
        try {
          if (isOver() || !this.#step(until)) resolve();
          // The immediate after this one comes when all promises have gone on: that is what it is for.
          else setImmediate(step);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      setImmediate(step);
    });
    if (!isOver()) this.#now = Math.max(this.#now, until);
  }

  /** @returns false when nothing happens before */
  #step(until: number): boolean {
    for (;;) {
      const { first } = this.#queue;
      if (first === undefined || first.at > until) return false;
      this.#queue.pop();
      const { at, callback, isCancelled, process } = first;
      if (isCancelled || process?.isAlive === false) continue;
      if (process !== undefined && process.pausedUntil > at) {
        first.at = process.pausedUntil;
        first.order = this.#random.next();
        this.#queue.push(first);
        continue;
      }
      this.#now = at;
      this.#executed++;
      this.#hash = Math.imul(this.#hash ^ Math.round(at * 1000), 16_777_619);
      callback();
      return true;
    }
  }
}
