import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { isAlive } from './processes.ts';

/** The folder that holds package.json. */
export const projectDir = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where downloads, logs and the data of running servers live: `KRP_CACHE_DIR`, else `.cache` in the project. */
export function cacheDir(...parts: readonly string[]): string {
  const base = process.env['KRP_CACHE_DIR'];
  return join(base ? resolve(base) : join(projectDir, '.cache'), ...parts);
}

const dayMs = 24 * 3600 * 1000;

/** The log file of a server; logs that nobody wrote to for a day are removed. */
export function logFile(name: string): string {
  const dir = cacheDir('logs');
  mkdirSync(dir, { recursive: true });
  for (const entry of readdirSync(dir)) {
    const path = join(dir, entry);
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedMs !== undefined && Date.now() - modifiedMs > dayMs) rmSync(path, { force: true });
  }
  return join(dir, `${name}.log`);
}

/**
 * A folder for the data of one server, owned by this process; folders whose owner is gone are removed.
 *
 * @param name a prefix that tells a person what is inside
 */
export function runDir(name: string): string {
  const base = cacheDir('run');
  mkdirSync(base, { recursive: true });
  for (const entry of readdirSync(base)) {
    const owner = Number(entry.split('.').at(-1));
    if (Number.isInteger(owner) && !isAlive(owner) && !isYoung(join(base, entry))) {
      rmSync(join(base, entry), { recursive: true, force: true, maxRetries: 3 });
    }
  }
  for (let count = 1; ; count++) {
    const dir = join(base, `${name}-${count}.${process.pid}`);
    try {
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** Servers of a process that died are stopped by the warden within seconds: leave it that time. */
function isYoung(path: string): boolean {
  const info = statSync(path, { throwIfNoEntry: false });
  return info !== undefined && Date.now() - info.mtimeMs < 20_000;
}

/** The content of a small text file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Writes a file and the folders above it. */
export function writeInto(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
