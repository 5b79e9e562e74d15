import type { RawSetting } from '../sources/raw-settings.ts';

/** What is wrong (the start is stopped) and what is doubtful (a warning), gathered over the whole reading. */
export class Findings {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];

  /** @param what continues the key; must not hold a secret */
  problem(raw: RawSetting, what: string): void {
    this.problems.push(`${raw.key}: ${what} (from ${raw.origin})`);
  }

  warning(raw: RawSetting, what: string): void {
    this.warnings.push(`${raw.key}: ${what} (from ${raw.origin})`);
  }
}
