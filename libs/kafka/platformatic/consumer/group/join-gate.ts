/**
 * Bounds the groups that rebalance at a time, and with them the connections that their joins block.
 *
 * It counts groups, not members: a rebalance ends when the last member has joined, so the members of one group must
 * never wait for each other here.
 */
export class JoinGate {
  readonly #limit: number;
  readonly #inside = new Map<string, number>();
  readonly #queue = new Map<string, (() => void)[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns what is to be called at the end of the join */
  async enter(groupId: string): Promise<() => void> {
    if (!this.#inside.has(groupId) && this.#inside.size >= this.#limit) {
      await new Promise<void>((resolve) => {
        const queued = this.#queue.get(groupId);
        if (queued === undefined) this.#queue.set(groupId, [resolve]);
        else queued.push(resolve);
      });
    } else {
      this.#count(groupId, 1);
    }
    let isInside = true;
    return () => {
      if (isInside) this.#leave(groupId);
      isInside = false;
    };
  }

  #count(groupId: string, more: number): void {
    this.#inside.set(groupId, (this.#inside.get(groupId) ?? 0) + more);
  }

  #leave(groupId: string): void {
    this.#count(groupId, -1);
    if ((this.#inside.get(groupId) ?? 0) > 0) return;
    this.#inside.delete(groupId);
    for (const [next, waiters] of this.#queue) {
      this.#queue.delete(next);
      this.#count(next, waiters.length);
      for (const admit of waiters) admit();
      return;
    }
  }
}
