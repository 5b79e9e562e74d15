import type { ServerResponse } from 'node:http';

const everyMs = 500;

/** Tells the other replicas every now and then that their requests are still being worked on. */
export class SignsOfLife {
  readonly #waiting = new Set<ServerResponse>();
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#waiting.size;
  }

  /** Until the answer begins or the connection ends. */
  of(res: ServerResponse): void {
    this.#waiting.add(res);
    res.once('close', () => this.#waiting.delete(res));
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#tell(), everyMs);
    this.#timer.unref();
  }

  #tell(): void {
    for (const res of this.#waiting) {
      if (res.headersSent || res.destroyed) this.#waiting.delete(res);
      else res.writeProcessing();
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
