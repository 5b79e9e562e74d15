import type { RecordOutcome } from '#libs/produce/record-draft.ts';
import { errorObject, type RecordResults } from './record-results.ts';

/** The answer to `records:batch`, as JSON text: what was written and what was not, each in the order of the entries. */
export function batchResponse(
  results: RecordResults,
  ids: readonly string[],
  outcomes: readonly RecordOutcome[],
): string {
  const successes: string[] = [];
  const failures: string[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const id = `{"id":${JSON.stringify(ids[i])},`;
    if (outcome.error === undefined) successes.push(`${id}${results.membersOf(outcome)}}`);
    else failures.push(id + errorObject(results.errorOf(outcome.error)).slice(1));
  }
  return `{"successes":[${successes.join(',')}],"failures":[${failures.join(',')}]}`;
}
