import { pino, type DestinationStream, type Logger } from 'pino';
import type { LoggingConfig } from '../config/config.ts';
import { LogDestination } from './log-destination.ts';

const stdout = 1;

/** The one logger of the process: JSON, one line an event. @param target where lines go; stdout when absent */
export function createLogger(
  config: LoggingConfig,
  target: DestinationStream = new LogDestination(stdout),
): Logger {
  return pino(
    {
      level: config.level,
      base: null,
      timestamp: isoTime,
      formatters: { level: (level: string) => ({ level }) },
    },
    target,
  );
}

let lastMs = 0;
let lastText = '';

/** The time as a member of the line; made once a millisecond, whatever the number of lines. */
function isoTime(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastText = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastText;
}
