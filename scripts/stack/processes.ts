import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What to run and where its output goes. */
export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The file that gets standard output and standard error, appended; `inherit` shows them here. */
  readonly log: string;
}

/**
 * A child process in its own session: a Ctrl-C in the terminal does not reach it, so that we end the
 * processes in order. It never outlives this process: it is killed on exit, and when this process dies
 * without a word (SIGKILL, crash) the warden, a small shell that watches a pipe from us, kills it.
 */
export class SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Resolves with the exit code, or the signal's name, when the process has ended. */
  readonly ended: Promise<number | string>;
  private outcome: number | string | undefined;
  private readonly child: ChildProcess;

  private constructor(options: ProcessOptions, child: ChildProcess, pid: number) {
    this.name = options.name;
    this.log = options.log;
    this.child = child;
    this.pid = pid;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.outcome = code ?? signal ?? 'unknown';
        forget(pid);
        resolve(this.outcome);
      });
    });
  }

  /** @throws {Error} when the command cannot be started at all */
  static async start(options: ProcessOptions): Promise<SupervisedProcess> {
    const output = options.log === 'inherit' ? 'inherit' : openSync(options.log, 'a');
    try {
      const child = spawn(options.command, options.args, {
        stdio: ['ignore', output, output],
        detached: true,
        env: options.env ?? process.env,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      });
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      if (child.pid === undefined) throw new Error(`${options.name} did not start`);
      watch(child.pid);
      const started = new SupervisedProcess(options, child, child.pid);
      child.unref();
      return started;
    } finally {
      if (typeof output === 'number') closeSync(output);
    }
  }

  get isRunning(): boolean {
    return this.outcome === undefined;
  }

  /** Exit code or signal name, once it has ended. */
  get exit(): number | string | undefined {
    return this.outcome;
  }

  /** Asks it to end (SIGTERM), and kills it when it has not after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    if (!this.isRunning) return;
    this.signal('SIGTERM');
    this.child.ref();
    const timer = setTimeout(() => this.signal('SIGKILL'), timeoutMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it at once, with no chance to say goodbye. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.child.ref();
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Freezes it: its sockets stay open and nothing answers. */
  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  /** The last lines that it wrote, for a message that says why it ended. */
  lastLines(count = 15): string {
    if (this.log === 'inherit') return '';
    try {
      return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
    } catch {
      return '';
    }
  }

  private signal(name: NodeJS.Signals): void {
    if (!this.isRunning) return;
    try {
      // The whole group, as a command may have children of its own.
      process.kill(-this.pid, name);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const running = new Set<number>();
let warden: ChildProcess | undefined;

function watch(pid: number): void {
  if (warden === undefined) {
    process.once('exit', killAll);
    warden = spawn('sh', [join(dirname(fileURLToPath(import.meta.url)), 'warden.sh')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    warden.unref();
    // The pipe must not keep this process alive, and a warden that is gone must not end it.
    warden.stdin?.on('error', () => {});
    if (warden.stdin !== null && 'unref' in warden.stdin && typeof warden.stdin.unref === 'function') {
      warden.stdin.unref();
    }
  }
  running.add(pid);
  warden.stdin?.write(`+ ${pid}\n`);
}

function forget(pid: number): void {
  running.delete(pid);
  warden?.stdin?.write(`- ${pid}\n`);
}

function killAll(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended a moment ago.
    }
  }
}
