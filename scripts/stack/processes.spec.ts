import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SupervisedProcess, isAlive } from './processes.ts';
import { waitFor } from './wait.ts';

const processesModule = fileURLToPath(new URL('./processes.ts', import.meta.url));

describe('SupervisedProcess', () => {
  let dir: string;

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'processes-'));
  });

  afterAll(() => rmSync(dir, { recursive: true }));

  const shell = (name: string, script: string): Promise<SupervisedProcess> =>
    SupervisedProcess.start({ name, command: 'sh', args: ['-c', script], log: join(dir, `${name}.log`) });

  /** An own parent that starts one long-lived child, tells its id, and then does `last`. */
  const parentOf = async (last: string): Promise<{ parent: number; child: number }> => {
    const program = `
      import { SupervisedProcess } from ${JSON.stringify(processesModule)};
      const child = await SupervisedProcess.start({ name: 'x', command: 'sleep', args: ['300'], log: '/dev/null' });
      process.stdout.write(child.pid + '\\n', () => { ${last} });
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const text = await new Promise<string>((resolve) => {
      parent.stdout.once('data', (data: Buffer) => resolve(data.toString()));
    });
    return { parent: parent.pid ?? 0, child: Number(text) };
  };

  const gone = (pid: number): Promise<true> =>
    waitFor(`the end of process ${pid}`, () => (isAlive(pid) ? undefined : true), 10_000, 20);

  it('writes what the command says into the log, and tells how it ended', async () => {
    const child = await shell('speaks', 'echo one; echo two >&2; exit 3');

    expect(await child.ended).toBe(3);
    expect(child.isRunning).toBe(false);
    expect(child.lastLines()).toBe('one\ntwo');
  });

  it('says when the command does not exist', async () => {
    const start = SupervisedProcess.start({
      name: 'nothing',
      command: 'no-such-command',
      args: [],
      log: join(dir, 'x.log'),
    });

    await expect(start).rejects.toThrow('ENOENT');
  });

  it('lets a command end in its own way when asked to stop', async () => {
    const child = await shell(
      'polite',
      'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done',
    );
    await waitFor(
      'its trap',
      () => (readFileSync(child.log, 'utf8').includes('ready') ? true : undefined),
      5000,
    );

    await child.stop(10_000);

    expect(child.exit).toBe(0);
    expect(child.lastLines(1)).toBe('bye');
  });

  it('kills a command that does not stop in time, with its children', async () => {
    const child = await shell('deaf', 'trap "" TERM; sleep 300 & echo $!; while :; do wait; done');
    const text = await waitFor('its child', () => readFileSync(child.log, 'utf8').trim() || undefined, 5000);

    await child.stop(100);

    expect(child.exit).toBe('SIGKILL');
    await gone(Number(text));
  });

  it('freezes a command and lets it go on', async () => {
    // A shell that is stopped between the fork and the exec of a child of its own is in another state.
    const child = await shell('paused', 'exec sleep 300');

    child.pause();
    await inState(child.pid, /^T/);
    child.resume();
    await inState(child.pid, /^[SR]/);

    await child.kill();
  });

  it('does not outlive a parent that exits', async () => {
    const { child } = await parentOf('process.exit(0)');

    await gone(child);
  });

  it('does not outlive a parent that crashes', async () => {
    const { parent, child } = await parentOf('setInterval(() => {}, 1000)');
    expect(isAlive(child)).toBe(true);

    process.kill(parent, 'SIGKILL');

    await gone(child);
  });
});

function inState(pid: number, state: RegExp): Promise<true> {
  return waitFor(
    `state ${state.source} of process ${pid}`,
    () => (state.test(execFileSync('ps', ['-o', 'state=', '-p', String(pid)]).toString()) ? true : undefined),
    10_000,
    20,
  );
}
