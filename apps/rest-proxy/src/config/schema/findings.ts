import type { RawSetting } from '../sources/raw-settings.ts';
import { withoutUserInfo } from './redaction.ts';

/**
 * What is wrong (the start is stopped) and what is doubtful (a warning), gathered over the whole reading, each once.
 *
 * Users and passwords in URLs are taken out.
 */
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
    this.problemOf(raw.key, `${what} (from ${raw.origin})`);
  }

  /** A problem of something that was not given. */
  problemOf(key: string, what: string): void {
    this.#problems.add(withoutUserInfo(`${key}: ${what}`));
  }

  /** @param what continues the key; must not hold a secret */
  warning(raw: RawSetting, what: string): void {
    this.#warnings.add(withoutUserInfo(`${raw.key}: ${what} (from ${raw.origin})`));
  }
}
