import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isInstalled } from './run.mjs';

describe('isInstalled', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'run-'));
    mkdirSync(join(dir, 'node_modules'));
  });

  afterEach(() => rmSync(dir, { recursive: true }));

  const write = (path: string, packages: Record<string, object>): void =>
    writeFileSync(join(dir, path), JSON.stringify({ packages }));
  const wanted = (packages: Record<string, object>): void => write('package-lock.json', packages);
  const present = (packages: Record<string, object>): void =>
    write('node_modules/.package-lock.json', packages);

  const left = { version: '1.0.0', integrity: 'sha512-a' };

  it('is so when every package of the lock file is there', () => {
    wanted({ '': { name: 'me' }, 'node_modules/left': left });
    present({ 'node_modules/left': left });

    expect(isInstalled(dir)).toBe(true);
  });

  it('is not so when nothing was installed', () => {
    wanted({ '': {}, 'node_modules/left': left });

    expect(isInstalled(dir)).toBe(false);
  });

  it.each([
    ['another version', { ...left, version: '1.0.1' }],
    ['other content', { ...left, integrity: 'sha512-b' }],
  ])('is not so when %s of a package is there', (_what, found) => {
    wanted({ 'node_modules/left': left });
    present({ 'node_modules/left': found });

    expect(isInstalled(dir)).toBe(false);
  });

  it('does without packages for other systems', () => {
    wanted({
      'node_modules/left': left,
      'node_modules/for-another-system': { version: '1.0.0', optional: true },
    });
    present({ 'node_modules/left': left });

    expect(isInstalled(dir)).toBe(true);
  });
});
