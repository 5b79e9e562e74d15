import { describe, expect, it } from 'vitest';

import { countsLine, readCounts } from './test-counts.ts';

const report = (...files: readonly { status: string; tests: readonly string[] }[]): string =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });

describe('readCounts', () => {
  it('adds up the tests of all files', () => {
    const text = report(
      { status: 'passed', tests: ['passed', 'passed', 'pending', 'todo'] },
      { status: 'failed', tests: ['passed', 'failed'] },
    );

    expect(readCounts(text)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it('counts a file that failed before its first test as one failure', () => {
    expect(readCounts(report({ status: 'failed', tests: [] }))).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it.each([undefined, '', '{', '{}', '[]', '{"testResults":[null]}'])('counts nothing in %j', (text) => {
    expect(readCounts(text)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe('countsLine', () => {
  it('mentions what was skipped only when something was', () => {
    expect(countsLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(countsLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
