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
  /** So many it may be. */
  readonly limit: number;
  /** The answers, by when they began, whose records came again. */
  readonly reads: Set<number>;
  /** Answers that have brought again what had come once until then. */
  readonly again: Set<number>;
  /** Whether those are what counts. */
  readonly countsAgain: boolean;
}

/**
 * Counts what was received more than once. Each is put down to the first fault after it was received, or else to that
 * which went on then, and to the consumer that had got it first; that consumer may have so many answers repeated, whole or in part. Without a fault nothing comes
 * again.
 *
 * A fault that moves instances to and fro may repeat an answer by itself, and one each time. What counts then are the answers that bring
 * something again: a former owner that has not heard of the move answers once more, at most, and that one may have all
 * that others have delivered in several since.
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
      const fault = faultBetween(faults, first.startedAt, read.endedAt);
      const at = `${first.consumer} ${fault?.startedAt ?? ''}`;
      const moves = fault?.moves?.[first.consumer];
      const entry = repeated.get(at) ?? {
        consumer: first.consumer,
        fault: fault === undefined ? 'no fault' : `${fault.name} at ${fault.startedAt.toFixed(0)}`,
        limit: fault === undefined ? 0 : mostReadsPerFault * (1 + (moves ?? 0)),
        reads: new Set(),
        again: new Set(),
        countsAgain: moves !== undefined,
      };
      if (!entry.reads.has(first.startedAt)) entry.again.add(read.startedAt);
      entry.reads.add(first.startedAt);
      repeated.set(at, entry);
    }
  }
  const entries = [...repeated.values()];
  return {
    records,
    mostReads: Math.max(0, ...entries.map(({ reads: { size } }) => size)),
    violations: entries
      .filter((entry) => sizeOf(entry) > entry.limit)
      .map((entry) => {
        const { consumer, fault, limit, reads } = entry;
        const from = Math.min(...reads).toFixed(0);
        return `${sizeOf(entry)} answers of ${consumer} came again after ${fault}, from that at ${from} on; ${limit} may`;
      }),
  };
}

function sizeOf({ again, countsAgain, reads }: Repeated): number {
  return countsAgain ? again.size : reads.size;
}

function faultBetween(faults: readonly FaultEvent[], from: number, to: number): FaultEvent | undefined {
  const since = faults.filter(({ startedAt }) => startedAt >= from && startedAt <= to);
  return since.toSorted((a, b) => a.startedAt - b.startedAt)[0] ?? lastBefore(faults, to);
}

function lastBefore(faults: readonly FaultEvent[], at: number): FaultEvent | undefined {
  return faults
    .filter(({ startedAt }) => startedAt <= at)
    .reduce<FaultEvent | undefined>(
      (last, each) => (last === undefined || each.startedAt >= last.startedAt ? each : last),
      undefined,
    );
}
