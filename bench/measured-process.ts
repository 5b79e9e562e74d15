import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process has used, as the kernel counts it. */
export interface Usage {
  /** User and system time, in microseconds, in steps of 10,000. */
  readonly cpuUs: number;
  readonly rssMiB: number;
  readonly peakRssMiB: number;
  readonly sockets: number;
}

/** A child process whose CPU time and memory are read from /proc: Linux only. */
export class MeasuredProcess {
  readonly #child: ChildProcess;
  readonly startedAt = performance.now();
  #output = '';

  /** @param args flags of node, the script, and its own arguments */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [...args], {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-100_000);
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  get output(): string {
    return this.#output;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  usage(): Usage {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN);
    return {
      cpuUs: ticks * 10_000,
      rssMiB: kib('VmRSS') / 1024,
      peakRssMiB: kib('VmHWM') / 1024,
      sockets: readdirSync(`/proc/${this.pid}/fd`).length,
    };
  }

  /** Waits until `probe` answers 200. @throws when the process ends or `timeoutMs` is over */
  async answers(url: string, timeoutMs: number): Promise<number> {
    for (;;) {
      const status = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
      if (status === 200) return performance.now() - this.startedAt;
      if (this.ended || performance.now() - this.startedAt > timeoutMs) {
        throw new Error(`${url} did not come up: ${this.#output}`);
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  }

  /** Ends the process: SIGTERM, after 10 s SIGKILL. */
  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise((resolve) => {
      this.#child.once('exit', resolve);
    });
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(timer);
  }
}
