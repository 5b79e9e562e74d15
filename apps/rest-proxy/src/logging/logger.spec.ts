import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

describe('createLogger', () => {
  it('writes levels by name, and the time as ISO', () => {
    const lines: string[] = [];
    createLogger({ level: 'info' }, { write: (line) => void lines.push(line) }).warn('hello');
    expect(JSON.parse(lines.join(''))).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      msg: 'hello',
    });
  });
});
