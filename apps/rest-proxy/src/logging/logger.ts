import { pino, type DestinationStream, type Logger } from 'pino';
import type { LoggingConfig } from '../config/config.ts';
import { isoTime } from './iso-time.ts';

/** The one logger of the process: JSON, one line an event. @param target where lines go */
export function createLogger(config: Pick<LoggingConfig, 'level'>, target: DestinationStream): Logger {
  return pino(
    {
      level: config.level,
      base: null,
      timestamp: () => `,"time":"${isoTime()}"`,
      formatters: { level: (level: string) => ({ level }) },
    },
    target,
  );
}
