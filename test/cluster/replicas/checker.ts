import { checkCommitted } from './check-committed.ts';
import { countDuplicates } from './check-duplicates.ts';
import { checkOrder } from './check-order.ts';
import { checkStatuses } from './check-statuses.ts';
import { Deliveries, receivedReads } from './deliveries.ts';
import type { FaultEvent, History, HistoryEvent, ProducedEvent, ReadEvent } from './history.ts';

export interface Limits {
  /** Every subscriber gets every record that was acknowledged. */
  readonly subscribers: readonly string[];
  /** Subscribers that are one consumer from beginning to end: it may not skip a record. */
  readonly alone: ReadonlySet<string>;
  readonly slowestReadMs: number;
  /** What a request may lose at a replica that is frozen. */
  readonly frozenMs: number;
  /** How many answers of a consumer a fault may make come twice, and each move where they are counted. */
  readonly repeatedReadsPerFault: number;
}

/** What a history comes to. */
export interface Verdict {
  readonly delivered: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Most answers of one consumer that one fault made come twice. */
  readonly repeatedReads: number;
  readonly not2xx: number;
  readonly broken: number;
  readonly slowestReadMs: number;
  /** Committed offsets beyond what had been received. */
  readonly passed: number;
  readonly violations: readonly string[];
}

/** Compares what every consumer got with all that was acknowledged. */
export function check({ events }: Pick<History, 'events'>, limits: Limits): Verdict {
  const of = <T extends HistoryEvent['type']>(type: T): Extract<HistoryEvent, { type: T }>[] =>
    events.filter((event): event is Extract<HistoryEvent, { type: T }> => event.type === type);
  const reads = of('read');
  const faults = of('fault');
  const received = receivedReads(reads);
  const deliveries = new Map(limits.subscribers.map((each) => [each, new Deliveries()]));
  for (const read of received) {
    const got = deliveries.get(read.subscriber) ?? new Deliveries();
    deliveries.set(read.subscriber, got);
    got.add(read);
  }

  const lost = findLost(of('produced'), limits.subscribers, deliveries);
  const duplicates = countDuplicates(received, faults, limits.repeatedReadsPerFault);
  const passed = checkCommitted(of('committed'), deliveries);
  const statuses = checkStatuses([...reads, ...of('call')], of('produce failed'), faults);
  const slowest = findSlow(reads, faults, limits);
  return {
    delivered: [...deliveries.values()].reduce((sum, { count }) => sum + count, 0),
    lost: lost.length,
    duplicates: duplicates.records,
    repeatedReads: duplicates.mostReads,
    not2xx: statuses.not2xx,
    broken: statuses.broken,
    slowestReadMs: slowest.ms,
    passed: passed.length,
    violations: [
      ...of('complaint').map(({ text }) => text),
      ...brief('lost', lost),
      ...brief('committed', passed),
      ...brief('order', checkOrder(received, of('produced'), limits.alone)),
      ...brief('twice', duplicates.violations),
      ...brief('answer', statuses.violations),
      ...brief('slow', slowest.violations),
    ],
  };
}

function findLost(
  produced: readonly ProducedEvent[],
  subscribers: readonly string[],
  deliveries: ReadonlyMap<string, Deliveries>,
): readonly string[] {
  const lost: string[] = [];
  for (const subscriber of subscribers) {
    const got = deliveries.get(subscriber);
    for (const { records, at } of produced) {
      for (const { partition, offset } of records) {
        if (got?.startOf(partition, offset) !== undefined) continue;
        lost.push(`${subscriber} did not get ${partition}@${offset}, acknowledged at ${at.toFixed(0)}`);
      }
    }
  }
  return lost;
}

/** Reads that took longer than they may; more is allowed through a replica that was frozen meanwhile. */
function findSlow(
  reads: readonly ReadEvent[],
  faults: readonly FaultEvent[],
  { slowestReadMs, frozenMs }: Limits,
): { readonly ms: number; readonly violations: readonly string[] } {
  let most = 0;
  const violations: string[] = [];
  for (const { consumer, startedAt, endedAt, servedBy } of reads) {
    const frozen = faults.some(
      (fault) =>
        fault.startedAt <= endedAt &&
        fault.endedAt >= startedAt &&
        fault.freezes.some((port) => servedBy.includes(port)),
    );
    const ms = endedAt - startedAt;
    most = Math.max(most, ms);
    const limit = slowestReadMs + (frozen ? frozenMs : 0);
    if (ms > limit) {
      violations.push(
        `a read of ${consumer} at ${startedAt.toFixed(0)} took ${ms.toFixed(0)} of ${limit} ms`,
      );
    }
  }
  return { ms: most, violations };
}

const mostShown = 5;

function brief(topic: string, violations: readonly string[]): readonly string[] {
  const shown = violations.slice(0, mostShown).map((text) => `${topic}: ${text}`);
  const left = violations.length - shown.length;
  return left > 0 ? [...shown, `${topic}: and ${left} more`] : shown;
}
