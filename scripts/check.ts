import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { cacheDir, projectDir, readIfThere } from './stack/cache.ts';
import { countsLine, readCounts } from './test-counts.ts';

interface Part {
  readonly name: string;
  readonly command: string;
}

interface Outcome extends Part {
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

const report = cacheDir('check-report.json');

/** The slowest first, so that it does not run on alone at the end. */
const parts: readonly Part[] = [
  {
    name: 'tests (unit, contract)',
    command: `vitest run --project unit --project contract --reporter=dot --reporter=json --outputFile.json=${report}`,
  },
  { name: 'format', command: 'prettier --check .' },
  { name: 'boundaries', command: 'depcruise apps libs test bench --config .dependency-cruiser.mjs' },
  { name: 'dead code', command: 'knip' },
  { name: 'lint', command: 'oxlint --type-aware apps libs test bench scripts' },
  { name: 'types', command: 'tsc --noEmit' },
];

rmSync(report, { force: true });
const waiting = [...parts];
const outcomes: Outcome[] = [];
const worker = async (): Promise<void> => {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const outcome = await runPart(part);
    outcomes.push(outcome);
    console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${outcome.name} (${outcome.seconds.toFixed(1)} s)`);
  }
};
await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, worker));

const failures = outcomes.filter((outcome) => !outcome.ok);
for (const { name, command, output } of failures) {
  console.log(`\n──── ${name}: ${command}\n${output.trimEnd()}`);
}
console.log(
  failures.length === 0
    ? '\nEverything is in order.'
    : `\nTo be repaired: ${failures.map((failure) => failure.name).join(', ')}.`,
);
const counts = readCounts(readIfThere(report));
console.log(countsLine(counts));
process.exit(failures.length > 0 || counts.passed === 0 ? 1 : 0);

function runPart(part: Part): Promise<Outcome> {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(part.command, { cwd: projectDir, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const done = (ok: boolean): void =>
      resolve({ ...part, ok, seconds: (Date.now() - startedAt) / 1000, output });
    child.once('error', (error) => {
      output += error.message;
      done(false);
    });
    child.once('close', (code) => done(code === 0));
  });
}
