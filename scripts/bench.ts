import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { buildWhenStale } from './build.ts';
import { projectDir } from './stack/cache.ts';

const main = join(projectDir, 'bench', 'main.ts');
if (!buildWhenStale()) process.exit(1);
const result = spawnSync(process.execPath, [main, ...process.argv.slice(2)], {
  cwd: projectDir,
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
