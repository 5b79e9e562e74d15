/** Seeds that have failed once, and what was wrong. */
export const regressions: readonly (readonly [seed: number, fault: string])[] = [];
