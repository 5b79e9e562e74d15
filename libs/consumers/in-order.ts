/** Does one thing after the other, in the order of the calls. */
export class InOrder {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all that has been asked for is done. Never rejects. */
  get done(): Promise<void> {
    return this.#last;
  }

  /** Rejects as the work does; what comes after it is done all the same. */
  async do(work: () => void | Promise<void>): Promise<void> {
    const before = this.#last;
    const mine = (async () => {
      await before;
      await work();
    })();
    this.#last = mine.catch(() => undefined);
    await mine;
  }
}
