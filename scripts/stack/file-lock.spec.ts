import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { withFileLock } from './file-lock.ts';

describe('withFileLock', () => {
  let path: string;

  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'lock-')), 'it.lock');
  });

  afterEach(() => rmSync(join(path, '..'), { recursive: true }));

  it('lets one in after the other', async () => {
    const events: string[] = [];
    const first = Promise.withResolvers<void>();
    const a = withFileLock(
      path,
      () => {},
      async () => {
        events.push('a in');
        await first.promise;
        events.push('a out');
      },
    );
    const b = withFileLock(
      path,
      () => {
        events.push('b waits');
        first.resolve();
      },
      () => Promise.resolve(events.push('b in')),
    );

    await Promise.all([a, b]);

    expect(events).toEqual(['a in', 'b waits', 'a out', 'b in']);
  });

  it('is free again after a failure', async () => {
    await expect(
      withFileLock(
        path,
        () => {},
        () => Promise.reject(new Error('no')),
      ),
    ).rejects.toThrow('no');

    expect(
      await withFileLock(
        path,
        () => {},
        () => Promise.resolve(1),
      ),
    ).toBe(1);
  });

  it('takes over from a process that is gone', async () => {
    writeFileSync(path, '999999999');

    expect(
      await withFileLock(
        path,
        () => {},
        () => Promise.resolve(1),
      ),
    ).toBe(1);
  });
});
