/** Tells calls of one key that had no other beside them while they ran. */
export class SolitaryCalls {
  readonly #running = new Map<string, { count: number; alone: boolean }>();

  /** @returns ends the call, and says whether it was alone all the time */
  begin(key: string): () => boolean {
    const running = this.#running.get(key) ?? { count: 0, alone: true };
    running.alone = running.count === 0;
    running.count += 1;
    this.#running.set(key, running);
    return () => {
      running.count -= 1;
      if (running.count === 0) this.#running.delete(key);
      return running.alone;
    };
  }
}
