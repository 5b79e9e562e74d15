import type { FaultEvent, ReadEvent } from './history.ts';

export interface Duplicates {
  readonly records: number;
  /** Most answers of one consumer that came twice because of one fault. */
  readonly mostReads: number;
  readonly violations: readonly string[];
}

interface Repeated {
  readonly consumer: string;
  readonly fault: string;
  /** The answers, by when they began, whose records came again. */
  readonly reads: Set<number>;
}

/**
 * Counts what was received more than once. Each is put down to the last fault that had begun, and to the consumer that
 * had got it first; that consumer may have so many answers repeated, whole or in part.
 *
 * @param reads in the order in which they ended
 */
export function countDuplicates(
  reads: readonly ReadEvent[],
  faults: readonly FaultEvent[],
  mostReadsPerFault: number,
): Duplicates {
  const firsts = new Map<string, ReadEvent>();
  const repeated = new Map<string, Repeated>();
  let records = 0;
  for (const read of reads) {
    for (const { partition, offset } of read.records) {
      const key = `${read.subscriber} ${partition}@${offset}`;
      const first = firsts.get(key);
      if (first === undefined) {
        firsts.set(key, read);
        continue;
      }
      records += 1;
      const fault = lastBefore(faults, read.endedAt);
      const at = `${first.consumer} ${fault?.startedAt ?? ''}`;
      const entry = repeated.get(at) ?? {
        consumer: first.consumer,
        fault: fault === undefined ? 'no fault' : `${fault.name} at ${fault.startedAt.toFixed(0)}`,
        reads: new Set(),
      };
      entry.reads.add(first.startedAt);
      repeated.set(at, entry);
    }
  }
  const entries = [...repeated.values()];
  return {
    records,
    mostReads: Math.max(0, ...entries.map(({ reads: { size } }) => size)),
    violations: entries
      .filter(({ reads: { size } }) => size > mostReadsPerFault)
      .map(
        ({ consumer, fault, reads: each }) =>
          `${each.size} answers of ${consumer} came again after ${fault}, from that at ${Math.min(...each).toFixed(0)} on`,
      ),
  };
}

function lastBefore(faults: readonly FaultEvent[], at: number): FaultEvent | undefined {
  return faults
    .filter(({ startedAt }) => startedAt <= at)
    .reduce<FaultEvent | undefined>(
      (last, each) => (last === undefined || each.startedAt >= last.startedAt ? each : last),
      undefined,
    );
}
