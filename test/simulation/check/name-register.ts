/** A create that may have made an instance that is still there. */
interface Hold {
  readonly startedAt: number;
  /** Infinity until it was answered with success. */
  endedAt: number;
  /** Infinity until its delete was sent. */
  deletedFrom: number;
  /** Infinity until its delete was answered. */
  deletedAt: number;
}

/** Judges creates and deletes of one name: at every time at most one client has it, and nobody has it without reason. */
export class NameRegister {
  readonly #holds: Hold[] = [];
  #isHaunted = false;

  /** A create is sent. */
  create(now: number): Hold {
    const hold = { startedAt: now, endedAt: Infinity, deletedFrom: Infinity, deletedAt: Infinity };
    this.#holds.push(hold);
    return hold;
  }

  /** It was answered: the name is the client's. @returns what is wrong with that */
  created(hold: Hold, now: number): string | undefined {
    hold.endedAt = now;
    const other = this.#holds.find(
      (one) => one !== hold && one.endedAt <= hold.startedAt && one.deletedFrom >= now,
    );
    return other === undefined ? undefined : 'was created while another client had it';
  }

  /** It was answered: the name is taken. @returns what is wrong with that */
  refused(hold: Hold): string | undefined {
    this.#forget(hold);
    if (this.#isHaunted || this.#mayExist(hold.startedAt)) return undefined;
    return 'was refused although nobody had it';
  }

  delete(hold: Hold, now: number): void {
    hold.deletedFrom = now;
  }

  deleted(hold: Hold, now: number): void {
    hold.deletedAt = now;
  }

  /** Its client does without it: it is not there, or not where it was asked for. */
  givenUp(hold: Hold, now: number): void {
    hold.deletedFrom = now;
  }

  /**
   * Something asked from `since` on was answered by the instance. If nobody has made it, it is the trace of a create that
   * came late, and was found before its maker has removed it: it stays until it expires.
   *
   * @returns what is wrong with that
   */
  seen(since: number): string | undefined {
    const isKnown = this.#holds.some(({ deletedAt, endedAt }) => endedAt <= since && deletedAt >= since);
    if (!isKnown) this.#isHaunted = true;
    return this.#mayExist(since) ? undefined : 'answers although it was deleted';
  }

  #mayExist(since: number): boolean {
    return this.#holds.some(({ deletedAt }) => deletedAt >= since);
  }

  #forget(hold: Hold): void {
    this.#holds.splice(this.#holds.indexOf(hold), 1);
  }
}

export type { Hold };
