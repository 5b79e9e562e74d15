import type { ProducedEvent, ReadEvent } from './history.ts';

/**
 * Within an answer the records of a partition follow one another; a consumer that is alone skips none from one answer
 * to the next; and at one offset there is one value, that of the acknowledgement.
 *
 * @param reads in the order in which they ended
 */
export function checkOrder(
  reads: readonly ReadEvent[],
  produced: readonly ProducedEvent[],
  alone: ReadonlySet<string>,
): readonly string[] {
  const violations: string[] = [];
  const values = new Map<string, number>();
  for (const { records } of produced) {
    for (const { partition, offset, value } of records) {
      const place = `${partition}@${offset}`;
      const other = values.get(place);
      if (other !== undefined) violations.push(`${place} was acknowledged for ${other} and for ${value}`);
      values.set(place, value);
    }
  }
  /** Next offset that a subscriber which is alone may get at most. */
  const next = new Map<string, number>();
  for (const { consumer, subscriber, records, startedAt } of reads) {
    const last = new Map<number, number>();
    for (const { partition, offset, value } of records) {
      const place = `${partition}@${offset}`;
      const where = `${consumer} in the read at ${startedAt.toFixed(0)}`;
      const before = last.get(partition);
      if (before !== undefined && offset !== before + 1) {
        violations.push(`${where} got ${place} after ${before}`);
      }
      last.set(partition, offset);
      const key = `${subscriber} ${partition}`;
      const expected = next.get(key) ?? 0;
      if (alone.has(subscriber) && offset > expected) {
        violations.push(`${where} got ${place}, and ${expected} was next`);
      }
      next.set(key, Math.max(expected, offset + 1));
      const known = values.get(place);
      if (known !== undefined && known !== value) {
        violations.push(`${where} got ${value} at ${place}, and that is ${known}`);
      }
      values.set(place, known ?? value);
    }
  }
  return violations;
}
