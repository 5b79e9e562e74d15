import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { NestLogger } from './nest-logger.ts';

function written(use: (logger: NestLogger) => void): readonly unknown[] {
  const lines: unknown[] = [];
  const target = { write: (line: string) => void lines.push(JSON.parse(line)) };
  use(new NestLogger(pino({ level: 'debug', base: null, timestamp: false }, target)));
  return lines;
}

describe('NestLogger', () => {
  it('keeps the name of the class', () => {
    expect(written((logger) => logger.warn('careful', 'MyClass'))).toEqual([
      { level: 40, context: 'MyClass', msg: 'careful' },
    ]);
  });

  it('keeps an error with its cause', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const [line] = written((logger) => logger.error({ err: error, requestId: 'r' }, 'it failed', 'MyClass'));
    expect(line).toMatchObject({ level: 50, requestId: 'r', msg: 'it failed', err: { type: 'Error' } });
    expect(JSON.stringify(line)).toContain('inner');
  });

  it('finds an error wherever it stands', () => {
    const [line] = written((logger) => logger.error('it failed', new Error('why'), 'MyClass'));
    expect(line).toMatchObject({ msg: 'it failed', err: { message: 'why' } });
  });

  it("tells Nest's own start to developers only", () => {
    expect(written((logger) => logger.log('Mapped {/, GET} route', 'RouterExplorer'))).toMatchObject([
      { level: 20 },
    ]);
    expect(written((logger) => logger.log('hello', 'MyClass'))).toMatchObject([{ level: 30 }]);
  });

  it('writes what is neither text nor object', () => {
    expect(written((logger) => logger.log(5, undefined, null, 'MyClass'))).toMatchObject([{ msg: '5 null' }]);
  });
});
