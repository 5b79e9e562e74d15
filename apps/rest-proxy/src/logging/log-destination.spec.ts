import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LogDestination } from './log-destination.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'krp-log-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function file(): { path: string; destination: LogDestination } {
  const path = join(dir, 'log');
  return { path, destination: new LogDestination(openSync(path, 'w')) };
}

describe('LogDestination', () => {
  it('writes a line within a moment', async () => {
    const { path, destination } = file();
    destination.write('one\n');
    expect(readFileSync(path, 'utf8')).toBe('');
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('one\n'));
  });

  it('keeps the order of many lines, in full', async () => {
    const { path, destination } = file();
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ü\n`);
    for (const line of lines) destination.write(line);
    await new Promise<void>((resolve) => destination.flush(resolve));
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  });

  it('flushSync writes before it returns, and nothing twice', async () => {
    const { path, destination } = file();
    destination.write('first\n');
    destination.flushSync();
    expect(readFileSync(path, 'utf8')).toBe('first\n');
    await new Promise<void>((resolve) => destination.flush(resolve));
    expect(readFileSync(path, 'utf8')).toBe('first\n');
  });

  it('is bounded when nobody reads, and says what was dropped when somebody does', async () => {
    const path = join(dir, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const destination = new LogDestination(
      openSync(path, constants.O_WRONLY | constants.O_NONBLOCK),
      300_000,
    );
    const line = `${'x'.repeat(999)}\n`;
    for (let i = 0; i < 2_000; i++) destination.write(line);
    const flushed = new Promise<void>((resolve) => destination.flush(resolve));

    let text = '';
    const buffer = Buffer.alloc(1 << 20);
    const drain = (): void => {
      try {
        for (let n = 1; n > 0;) {
          n = readSync(reader, buffer, 0, buffer.length, null);
          text += buffer.toString('latin1', 0, n);
        }
      } catch {
        // Nothing there yet.
      }
    };
    await vi.waitFor(
      () => {
        drain();
        expect(text).toMatch(/"dropped":\d+/);
      },
      { timeout: 4_000, interval: 1 },
    );
    await flushed;
    expect(text.length).toBeLessThan(600_000);
    const kept = text.split('\n').filter((each) => each.length === 999).length;
    const [, dropped = ''] = /"dropped":(\d+)/.exec(text) ?? [];
    expect(kept + Number(dropped)).toBe(2_000);
    closeSync(reader);
  });

  it('does not mind a reader that is gone', async () => {
    const path = join(dir, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const destination = new LogDestination(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    closeSync(reader);
    destination.write('lost\n');
    await new Promise<void>((resolve) => destination.flush(resolve));
    destination.write('lost too\n');
    expect(() => destination.flushSync()).not.toThrow();
  });
});
