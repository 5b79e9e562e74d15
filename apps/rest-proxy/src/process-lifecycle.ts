import type { Logger } from 'pino';
import type { RestProxy } from './app.setup.ts';

/** On top of `shutdown.graceful.ms`: what leaving groups and closing connections may take before the process just ends. */
const closingMs = 5_000;

/** What is used of `process`. */
export interface ProcessLike {
  on(event: 'SIGTERM' | 'SIGINT', listener: (signal: NodeJS.Signals) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

type Stoppable = Pick<RestProxy, 'close'> & { readonly logger: Pick<Logger, 'info' | 'fatal' | 'flush'> };

/**
 * Ends the process in time: on SIGTERM and SIGINT after what runs is finished, with 0; on a second signal, when closing
 * takes too long, and on a fault that nobody caught, at once with 1.
 */
export class ProcessLifecycle {
  #stopping = false;

  constructor(
    private readonly proxy: Stoppable,
    private readonly process: ProcessLike,
    private readonly gracefulMs: number,
  ) {}

  watch(): void {
    this.process.on('SIGTERM', (signal) => this.#stop(signal));
    this.process.on('SIGINT', (signal) => this.#stop(signal));
    // The state is unknown after such a fault: say it, and end.
    this.process.on('uncaughtException', (error) => this.#end(error, 'uncaught exception'));
    this.process.on('unhandledRejection', (error) => this.#end(error, 'unhandled rejection'));
  }

  #stop(signal: NodeJS.Signals): void {
    if (this.#stopping) return this.process.exit(1);
    this.#stopping = true;
    this.proxy.logger.info({ signal }, 'stopping');
    const late = setTimeout(
      () => this.#end(new Error('Not everything was closed in time'), 'stopped'),
      this.gracefulMs + closingMs,
    );
    this.proxy.close().then(
      () => {
        clearTimeout(late);
        this.proxy.logger.info('stopped');
        this.proxy.logger.flush(() => this.process.exit(0));
      },
      (error: unknown) => this.#end(error, 'closing failed'),
    );
  }

  /** `fatal` writes at once. */
  #end(error: unknown, message: string): void {
    this.proxy.logger.fatal({ err: error }, message);
    this.process.exit(1);
  }
}
