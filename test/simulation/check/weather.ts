/** What is broken now, and until when its effects may be seen. */
export type Part = 'store' | 'kafka' | 'replicas';

/** Knows which faults excuse what. */
export class Weather {
  readonly #active = new Map<Part, number>();
  readonly #endedAt = new Map<Part, number>();
  /** The store may have lost an instance for good. */
  isCatastrophe = false;
  /** Everything works from here on; Infinity until then. */
  healedAt = Infinity;
  /** Faults that were played. */
  faults = 0;

  /** @returns ends it */
  begin(part: Part, now: () => number): () => void {
    this.#active.set(part, (this.#active.get(part) ?? 0) + 1);
    return () => {
      this.#active.set(part, (this.#active.get(part) ?? 0) - 1);
      this.#endedAt.set(part, now());
    };
  }

  /** Whether the part was broken at some time since then. */
  wasBad(part: Part, since: number): boolean {
    return (this.#active.get(part) ?? 0) > 0 || (this.#endedAt.get(part) ?? -Infinity) >= since;
  }
}
