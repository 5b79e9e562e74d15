import { logFile } from '../../../scripts/stack/cache.ts';
import { SupervisedProcess } from '../../../scripts/stack/processes.ts';
import { GiveUp, waitFor } from '../../../scripts/stack/wait.ts';

export interface ReplicaOptions {
  readonly name: string;
  /** The public port. */
  readonly port: number;
  /** Where its peers reach it. */
  readonly advertisedUrl: string;
  /** Of node: flags and the script. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One replica of the proxy: the built program as a process of its own. */
export class Replica {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly advertisedUrl: string;
  readonly log: string;
  readonly #options: ReplicaOptions;
  #process: SupervisedProcess | undefined;
  #serves = false;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.name = options.name;
    this.port = options.port;
    this.url = `http://127.0.0.1:${options.port}`;
    this.advertisedUrl = options.advertisedUrl;
    this.log = logFile(`${options.name}-${options.port}`);
  }

  get isRunning(): boolean {
    return this.#process?.isRunning === true;
  }

  /** Whether it takes connections, and nobody has asked it to end. */
  get isServing(): boolean {
    return this.#serves && this.isRunning;
  }

  /** undefined while it does not run. */
  get pid(): number | undefined {
    return this.isRunning ? this.#process?.pid : undefined;
  }

  /** Starts it, and waits until it serves. @throws with the end of its log when it ends instead */
  async start(): Promise<void> {
    const { args, env, name } = this.#options;
    const child = await SupervisedProcess.start({
      name,
      command: process.execPath,
      args,
      // Nothing of this process: its settings would become settings of the replica.
      env: { NODE_ENV: 'production', ...env },
      log: this.log,
    });
    this.#process = child;
    await waitFor(
      `${name} on port ${this.port} (log: ${this.log})`,
      async () => {
        if (!child.isRunning) throw new GiveUp(`${name} ended (${child.exit}):\n${child.lastLines()}`);
        const answer = await fetch(`${this.url}/topics`, { signal: AbortSignal.timeout(5_000) });
        await answer.arrayBuffer();
        return answer.ok ? true : undefined;
      },
      60_000,
      50,
    );
    this.#serves = true;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#serves = false;
    await this.#process?.kill();
  }

  /** SIGTERM. @returns how it ended: 0 is well */
  async terminate(limitMs = 60_000): Promise<number | string | undefined> {
    this.#serves = false;
    await this.#process?.stop(limitMs);
    return this.#process?.exit;
  }

  /** SIGSTOP: its connections stay open, and nobody answers. */
  pause(): void {
    this.#process?.pause();
  }

  resume(): void {
    this.#process?.resume();
  }
}
