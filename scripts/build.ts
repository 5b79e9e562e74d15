import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectDir } from './stack/cache.ts';

const dist = join(projectDir, 'dist');

/** The built proxy's entry point. */
export const builtMain = join(dist, 'apps', 'rest-proxy', 'src', 'main.js');

/** What a build depends on. */
const inputs = [
  'apps',
  'libs',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'scripts/build.ts',
];

/** Builds when a source is newer than the last build. Returns whether dist is there and fresh afterwards. */
export function buildWhenStale(): boolean {
  const builtAt = statSync(join(dist, 'package.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = Math.max(...inputs.map((input) => newestIn(join(projectDir, input))));
  if (builtAt > newest && existsSync(builtMain)) return true;
  console.log('Building …');
  return build();
}

/** Compiles into a folder beside dist that takes its place when all is well. */
function build(): boolean {
  const next = `${dist}.next`;
  rmSync(next, { recursive: true, force: true });
  const startedAt = Date.now();
  const result = spawnSync('tsc', ['-p', 'tsconfig.build.json', '--outDir', next], {
    cwd: projectDir,
    stdio: 'inherit',
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) {
    rmSync(next, { recursive: true, force: true });
    return false;
  }
  writeFileSync(
    join(next, 'package.json'),
    `${JSON.stringify({ type: 'module', imports: { '#libs/*.ts': './libs/*.js' } }, undefined, 2)}\n`,
  );
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
  console.log(`Built into dist in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
  return true;
}

function newestIn(path: string): number {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((entry) => newestIn(join(path, entry))));
}

if (import.meta.main && !build()) process.exitCode = 1;
