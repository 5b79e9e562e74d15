import type { ConsumerRecord, OffsetAndMetadata, RecordHeader } from '#libs/kafka/kafka-types.ts';

export interface NewRecord {
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  readonly timestamp?: bigint;
  readonly headers?: readonly RecordHeader[];
}

/** Logs and committed offsets in memory: what the fake consumers and the fake metadata see. */
export class MemoryKafka {
  readonly topics = new Map<string, ConsumerRecord[][]>();
  /** By group, then by `topic-partition`. */
  readonly committed = new Map<string, Map<string, OffsetAndMetadata>>();
  /** Set it to make commits slow or fail. */
  beforeCommit: (offsets: readonly OffsetAndMetadata[]) => Promise<void> = () => Promise.resolve();
  readonly #waiting = new Set<() => void>();

  /** Makes a topic. */
  topic(name: string, partitions = 1): this {
    this.topics.set(
      name,
      Array.from({ length: partitions }, () => []),
    );
    this.wake();
    return this;
  }

  log(topic: string, partition: number): ConsumerRecord[] {
    return this.topics.get(topic)?.[partition] ?? [];
  }

  produce(topic: string, partition: number, ...records: readonly NewRecord[]): void {
    if (this.topics.get(topic)?.[partition] === undefined) throw new Error(`no ${topic}-${partition}`);
    const log = this.log(topic, partition);
    for (const { key, value, timestamp, headers } of records) {
      log.push({
        topic,
        partition,
        offset: BigInt(log.length),
        timestamp: timestamp ?? 0n,
        key: bytes(key),
        value: bytes(value),
        headers: headers ?? [],
      });
    }
    this.wake();
  }

  /** Committed offsets of a group, as `{ 't1-0': 5n }`. */
  committedOf(group: string): Record<string, bigint> {
    return Object.fromEntries(
      [...(this.committed.get(group) ?? [])].map(([key, { offset }]) => [key, offset]),
    );
  }

  /** Calls back when anything has changed. */
  onChange(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  wake(): void {
    for (const callback of this.#waiting) callback();
  }
}

function bytes(data: Buffer | string | null | undefined): Buffer | null {
  return data === null || data === undefined ? null : Buffer.from(data);
}
