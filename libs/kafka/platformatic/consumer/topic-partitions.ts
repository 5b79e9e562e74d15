import type { TopicPartition } from '../../kafka-types.ts';

/** `topic-partition`, as Java writes it; unique because a partition has no dash. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

/** By topic, in the order in which topics appear. */
export function byTopic<T extends TopicPartition>(partitions: Iterable<T>): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const one of partitions) {
    const list = grouped.get(one.topic);
    if (list === undefined) grouped.set(one.topic, [one]);
    else list.push(one);
  }
  return grouped;
}

/** By partition, in the order in which partitions appear; the keys are those of `keyOf`. */
export function byTopicPartition<T extends TopicPartition>(items: Iterable<T>): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  let last: T | undefined;
  let list: T[] = [];
  for (const item of items) {
    if (last?.partition !== item.partition || last.topic !== item.topic) {
      const key = keyOf(item);
      list = grouped.get(key) ?? [];
      grouped.set(key, list);
    }
    last = item;
    list.push(item);
  }
  return grouped;
}

/** What is in `a` and not in `b`. */
export function without<T extends TopicPartition>(
  a: readonly T[],
  b: readonly TopicPartition[],
): readonly T[] {
  if (b.length === 0) return a;
  const keys = new Set(b.map(keyOf));
  return a.filter((one) => !keys.has(keyOf(one)));
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  return compareText(a.topic, b.topic) || a.partition - b.partition;
}
