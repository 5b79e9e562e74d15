import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What Nest tells about its own start is of interest to developers only. */
const framework = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/**
 * Nest's logger, written by ours. `Logger.error(message, error)` and `Logger.error({ err, …fields }, message)` both
 * keep the error with its cause.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.#write('info', message, rest);
  }
  error(message: unknown, ...rest: readonly unknown[]): void {
    this.#write('error', message, rest);
  }
  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.#write('warn', message, rest);
  }
  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.#write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.#write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** Nest appends the context, the name of the class that logs, as the last argument. */
  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const context = rest.at(-1);
    const others = typeof context === 'string' ? rest.slice(0, -1) : rest;
    const fields: Record<string, unknown> = typeof context === 'string' ? { context } : {};
    const texts: string[] = [];
    for (const part of [message, ...others]) {
      if (part instanceof Error) fields['err'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
      else if (typeof part === 'string') texts.push(part);
      else if (part !== undefined) texts.push(inspect(part));
    }
    const own = typeof context === 'string' && framework.has(context) && level === 'info';
    this.logger[own ? 'debug' : level](fields, texts.join(' '));
  }
}
