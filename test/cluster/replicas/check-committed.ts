import type { Deliveries } from './deliveries.ts';
import type { CommittedEvent } from './history.ts';

/**
 * No committed offset may lie above a record that nobody has got. A read counts when it began before Kafka told the
 * offset and was received in the end: the replica knows that an answer is out before the client has dealt with it.
 */
export function checkCommitted(
  commits: readonly CommittedEvent[],
  deliveries: ReadonlyMap<string, Deliveries>,
): readonly string[] {
  const violations: string[] = [];
  const told = new Set<string>();
  for (const { subscriber, offsets, endedAt } of commits) {
    const got = deliveries.get(subscriber);
    for (const [partition, committed] of offsets.entries()) {
      // From the top: what is missing is missing there.
      for (let offset = (committed ?? 0) - 1; offset >= 0; offset -= 1) {
        const start = got?.startOf(partition, offset);
        if (start !== undefined && start <= endedAt) {
          if (isKnown(told, `${subscriber} ${partition} ${offset}`)) break;
          continue;
        }
        violations.push(
          `${subscriber} had committed ${partition}@${committed} by ${endedAt.toFixed(0)}, and ${offset} ` +
            (start === undefined ? 'never came' : `came with a read that began at ${start.toFixed(0)}`),
        );
        break;
      }
    }
  }
  return violations;
}

/** Below an offset that was looked at for an earlier commit, all was looked at. */
function isKnown(known: Set<string>, key: string): boolean {
  if (known.has(key)) return true;
  known.add(key);
  return false;
}
