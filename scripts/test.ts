import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildWhenStale } from './build.ts';
import { cacheDir, projectDir, readIfThere } from './stack/cache.ts';
import { fetchKafka } from './stack/maven.ts';
import { javaCommand } from './stack/prerequisites.ts';
import { Told } from './stack/told.ts';
import { countsLine, readCounts } from './test-counts.ts';

// npm test [-- vitest arguments]: everything, or what the arguments select.
const args = process.argv.slice(2);
const projects = [
  'unit',
  'contract',
  'simulation',
  'integration',
  ...(existsSync(join(projectDir, 'test/cluster')) ? ['cluster'] : []),
];
const chosen = args.some((argument) => argument.startsWith('--project')) ? [] : projects;

try {
  // Before any test waits for it, and with its progress shown.
  javaCommand();
  await fetchKafka((line) => console.log(line));
} catch (error) {
  if (!(error instanceof Told)) throw error;
  console.error(error.message);
  process.exit(1);
}
if (!buildWhenStale()) console.error('The build failed: tests that start the built proxy will fail too.');

const report = cacheDir('test-report.json');
rmSync(report, { force: true });
const run = spawnSync(
  'vitest',
  [
    'run',
    ...chosen.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ],
  { cwd: projectDir, stdio: 'inherit' },
);
const counts = readCounts(readIfThere(report));
const failed = run.status !== 0 || counts.failed > 0 || counts.passed === 0;
if (counts.passed + counts.failed === 0) console.error('No test ran.');
console.log(countsLine(counts));
process.exit(failed ? run.status || 1 : 0);
