import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './stack/cache.ts';

/** What `npm run serve` gives to node: its flags and the built proxy. The one place where the flags are chosen. */
export function serveArguments(): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly serve: string };
  };
  return manifest.scripts.serve.split(' ').slice(1);
}
