import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheDir, projectDir } from './stack/cache.ts';

// npm run simulate -- --seeds 20000 --from 1: see test/simulation/main.ts.
const built = cacheDir('simulation');
rmSync(built, { recursive: true, force: true });
const compiled = spawnSync('tsc', ['-p', 'test/simulation/tsconfig.json', '--outDir', built], {
  cwd: projectDir,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(1);
writeFileSync(
  join(built, 'package.json'),
  JSON.stringify({ type: 'module', imports: { '#libs/*.ts': './libs/*.js' } }),
);
const main = join(built, 'test', 'simulation', 'main.js');
const result = spawnSync(process.execPath, [main, ...process.argv.slice(2)], {
  cwd: projectDir,
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
