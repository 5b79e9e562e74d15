import type { CallEvent, FaultEvent, ProduceFailedEvent, ReadEvent } from './history.ts';

export interface Statuses {
  readonly not2xx: number;
  readonly broken: number;
  readonly violations: readonly string[];
}

/** What is still put down to a fault that is over. */
const aftermathMs = 2_000;

/**
 * A client sees 2xx, and whole answers: unless the replica was killed that was writing one. What the producer sent to a
 * replica that died has an unknown end and is left out.
 */
export function checkStatuses(
  calls: readonly (ReadEvent | CallEvent)[],
  produceFailures: readonly ProduceFailedEvent[],
  faults: readonly FaultEvent[],
): Statuses {
  const violations: string[] = [];
  let not2xx = 0;
  let broken = 0;
  for (const call of calls) {
    const { consumer, status, detail, startedAt, endedAt, outcome } = call;
    const what = call.type === 'read' ? 'read' : call.what;
    const expected = call.type === 'call' ? call.expected : undefined;
    const told = `${what} of ${consumer} at ${startedAt.toFixed(0)} to ${endedAt.toFixed(0)}`;
    if (outcome === 'hung up') continue;
    if (outcome === 'broken') {
      broken += 1;
      const killed = faults.some(
        (fault) =>
          fault.startedAt <= endedAt &&
          fault.endedAt + aftermathMs >= startedAt &&
          fault.kills.some((port) => call.servedBy.length === 0 || call.servedBy.includes(port)),
      );
      if (!killed) violations.push(`${told} broke: ${detail}`);
    } else if (!(expected?.includes(status) ?? (status >= 200 && status < 300))) {
      not2xx += 1;
      violations.push(`${told}: ${status} ${detail ?? ''} (${call.servedBy.join()})`);
    }
  }
  for (const { startedAt, endedAt, status, detail } of produceFailures) {
    const inFault = faults.some(
      (fault) => fault.startedAt <= endedAt && fault.endedAt + aftermathMs >= startedAt,
    );
    if (!inFault) violations.push(`produce at ${startedAt.toFixed(0)}: ${status} ${detail}`);
  }
  return { not2xx, broken, violations };
}
