/** Counts records of topics: those of a few topics by themselves, those of all others together. */
export class TopicTally {
  #others = 0;
  readonly #toldApart = new Map<string, number>();

  /** From now on these topics are counted by themselves. */
  tellApart(topics: readonly string[]): void {
    for (const topic of topics) this.#toldApart.set(topic, this.#toldApart.get(topic) ?? 0);
  }

  add(topic: string, count: number): void {
    const before = this.#toldApart.size === 0 ? undefined : this.#toldApart.get(topic);
    if (before === undefined) this.#others += count;
    else this.#toldApart.set(topic, before + count);
  }

  addEach(records: readonly { readonly topic: string }[]): void {
    if (this.#toldApart.size === 0) this.#others += records.length;
    else for (const { topic } of records) this.add(topic, 1);
  }

  /** Topics and their counts; undefined for all others. */
  entries(): readonly (readonly [topic: string | undefined, count: number])[] {
    return [[undefined, this.#others], ...this.#toldApart];
  }
}
