/** Something that can be paused and can die; what is scheduled for it waits for it, and dies with it. */
export class SimulatedProcess {
  #isAlive = true;
  #pausedUntil = -Infinity;
  readonly #onEnd = new Set<() => void>();

  constructor(readonly name: string) {}

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Nothing of it happens before. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  end(): void {
    this.#isAlive = false;
    const listeners = [...this.#onEnd];
    this.#onEnd.clear();
    for (const listener of listeners) listener();
  }

  /** Calls back when it dies. @returns cancels */
  onEnd(listener: () => void): () => void {
    this.#onEnd.add(listener);
    return () => this.#onEnd.delete(listener);
  }
}

/** Where a process runs: has a name on the network, whatever runs there. */
export interface Host {
  readonly name: string;
  /** undefined or dead: connections are refused. */
  readonly process: SimulatedProcess | undefined;
}
