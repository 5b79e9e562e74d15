import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { LoggingConfig } from '../config/config.ts';

/**
 * Lines wait for each other up to so many bytes, or for a second: a system call a line would cost more than the line.
 * It has to be less than the 16 KiB that the destination writes at once.
 */
const bufferBytes = 16_000;
const flushEveryMs = 1000;

/** The one logger of the process: JSON, one line an event. @param target where lines go; stdout when absent */
export function createLogger(config: LoggingConfig, target?: DestinationStream): Logger {
  const options = {
    level: config.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  return pino(
    options,
    target ?? destination({ fd: 1, sync: false, minLength: bufferBytes, periodicFlush: flushEveryMs }),
  );
}
