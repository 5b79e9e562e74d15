import type { Run } from './run-scenario.ts';

const columns: readonly [string, (run: Run) => string][] = [
  ['delivered', ({ delivered }) => String(delivered)],
  ['lost', ({ lost }) => String(lost)],
  ['passed', ({ passed }) => String(passed)],
  ['twice', ({ duplicates }) => String(duplicates)],
  ['answers', ({ repeatedReads }) => String(repeatedReads)],
  ['not 2xx', ({ not2xx }) => String(not2xx)],
  ['broken', ({ broken }) => String(broken)],
  ['slowest', ({ slowestReadMs }) => `${(slowestReadMs / 1000).toFixed(1)} s`],
  ['time', ({ seconds }) => `${seconds.toFixed(0)} s`],
];

const width = 9;

/** `passed`: committed offsets beyond what was received. `answers`: most of one consumer that came twice for one fault. */
export function header(): string {
  return line('scenario', 'seed', '', (name) => name);
}

export function row(scenario: string, seed: number, run: Run): string {
  const verdict = run.violations.length === 0 ? 'pass' : 'FAIL';
  return line(scenario, String(seed), verdict, (_, value) => value(run));
}

function line(
  scenario: string,
  seed: string,
  verdict: string,
  cell: (name: string, value: (run: Run) => string) => string,
): string {
  const cells = columns.map(([name, value]) => cell(name, value).padStart(width));
  return [scenario.padEnd(20), seed.padStart(7), ...cells, verdict].join(' ');
}
