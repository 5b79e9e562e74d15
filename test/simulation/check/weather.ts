import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';

/** What is broken now, and until when its effects may be seen. `time`: a replica sleeps, and takes others for slow. */
export type Part = 'store' | 'kafka' | 'replicas' | 'time';

/** Knows which faults excuse what. */
export class Weather {
  readonly #active = new Map<Part, number>();
  readonly #endedAt = new Map<Part, number>();
  readonly #unsure = new Set<string>();
  /** The store may have lost an instance for good. */
  isCatastrophe = false;
  /** Everything works from here on; Infinity until then. */
  healedAt = Infinity;
  /** Replicas end: what only they know is lost, as deletes that the store has not heard of. */
  endsReplicas = false;
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

  /** A change was answered while the store did not: it comes to hear of it later, or never when the replica ends. */
  changedUnsurely({ group, id }: ConsumerInstanceName): void {
    this.#unsure.add(`${group} ${id}`);
  }

  /** Whether there is a change that the store may not have heard of. */
  isUnsure({ group, id }: ConsumerInstanceName, since: number): boolean {
    return this.#unsure.has(`${group} ${id}`) && this.#mayForget(since);
  }

  /** Whether the part was broken at some time since then. */
  wasBad(part: Part, since: number): boolean {
    return (this.#active.get(part) ?? 0) > 0 || (this.#endedAt.get(part) ?? -Infinity) >= since;
  }

  #mayForget(since: number): boolean {
    return this.endsReplicas || this.wasBad('store', since) || this.wasBad('replicas', since);
  }
}
