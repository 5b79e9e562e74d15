import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { buildWhenStale } from './build.ts';
import { projectDir } from './stack/cache.ts';

const [first = '', ...others] = process.argv.slice(2);
// Replicas have a bench of their own: it starts several proxies, and kills them.
const script = first === 'replicas' ? ['replicas.ts', ...others] : ['main.ts', ...process.argv.slice(2)];
const [main = '', ...args] = script;
if (!buildWhenStale()) process.exit(1);
const result = spawnSync(process.execPath, [join(projectDir, 'bench', main), ...args], {
  cwd: projectDir,
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
