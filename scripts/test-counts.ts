/** How many tests of a run passed, failed and were left out. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Reads vitest's JSON report. A file that fails outside its tests, for example at an import, is one failure. */
export function readCounts(report: string | undefined): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const files: unknown = report === undefined ? undefined : field(parse(report), 'testResults');
  if (!Array.isArray(files)) return counts;
  for (const file of files) {
    const tests: unknown = field(file, 'assertionResults');
    const statuses = Array.isArray(tests) ? tests.map((test) => field(test, 'status')) : [];
    for (const status of statuses) {
      if (status === 'passed') counts.passed++;
      else if (status === 'failed') counts.failed++;
      else counts.skipped++;
    }
    if (field(file, 'status') === 'failed' && !statuses.includes('failed')) counts.failed++;
  }
  return counts;
}

/** The line that ends a run: `3 passed, 0 failed`, and what was skipped when something was. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
