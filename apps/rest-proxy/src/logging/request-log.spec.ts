import { describe, expect, it } from 'vitest';
import { requestLog } from './request-log.ts';

type Arguments = Parameters<ReturnType<typeof requestLog>>;

/** The line of a request that has what is given, as JSON. */
function lineOf(req: object, res: object, context: object): unknown {
  const lines: string[] = [];
  const all = {
    requestId: 'r',
    startedAt: performance.now(),
    records: 0,
    bytesIn: 0,
    bytesOut: 0,
    ...context,
  };
  const log = requestLog({ write: (line) => void lines.push(line) });
  log({ method: 'GET', socket: {}, context: all, ...req } as Arguments[0], res as Arguments[1]);
  expect(lines.join('')).toMatch(/^[^\n]+\n$/);
  return JSON.parse(lines.join(''));
}

describe('requestLog', () => {
  it('is JSON, whatever the client sends', () => {
    const nasty = '/a"b\\c\u2028{}';
    expect(
      lineOf({ url: nasty }, { headersSent: true, statusCode: 200 }, { requestId: 'x"}\\' }),
    ).toMatchObject({
      requestId: 'x"}\\',
      path: nasty,
      client: '',
    });
  });

  it('cuts a long path, and every query', () => {
    const res = { headersSent: true, statusCode: 200 };
    expect(lineOf({ url: `/${'x'.repeat(999)}` }, res, {})).toMatchObject({ path: `/${'x'.repeat(511)}` });
    expect(lineOf({ url: '/a?token=1' }, res, {})).toMatchObject({ path: '/a' });
  });

  it('says 499 when nothing was answered, and when the answer is not complete', () => {
    expect(lineOf({ url: '/' }, { headersSent: false }, {})).toMatchObject({ status: 499, complete: false });
    const complete = lineOf({ url: '/' }, { headersSent: true, statusCode: 404, writableFinished: true }, {});
    expect(complete).toMatchObject({ status: 404 });
    expect(complete).not.toHaveProperty('complete');
  });
});
