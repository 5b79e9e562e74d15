import type { RawSetting } from '../sources/raw-settings.ts';

/** What is wrong (the start is stopped) and what is doubtful (a warning), gathered over the whole reading, each once. */
export class Findings {
  readonly #problems = new Set<string>();
  readonly #warnings = new Set<string>();

  get problems(): readonly string[] {
    return [...this.#problems];
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** @param what continues the key; must not hold a secret */
  problem(raw: RawSetting, what: string): void {
    this.#problems.add(`${raw.key}: ${what} (from ${raw.origin})`);
  }

  /** A problem of something that was not given. */
  problemOf(key: string, what: string): void {
    this.#problems.add(`${key}: ${what}`);
  }

  /** @param what continues the key; must not hold a secret */
  warning(raw: RawSetting, what: string): void {
    this.#warnings.add(`${raw.key}: ${what} (from ${raw.origin})`);
  }
}
