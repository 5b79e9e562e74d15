/** Time as consumer instances see it; tests bring their own. */
export abstract class Clock {
  /** Milliseconds that never go back; the zero is arbitrary. */
  abstract now(): number;

  /**
   * Calls back once, `ms` from now, unless cancelled. Does not keep the process alive.
   *
   * @returns cancels; harmless afterwards
   */
  abstract after(ms: number, callback: () => void): () => void;

  /** Resolves when what is ready in the event loop has had its turn. */
  abstract turn(): Promise<void>;
}
