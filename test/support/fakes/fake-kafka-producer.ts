import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaProducer, type SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** Writes to the cluster in memory. Records without a partition go to 0, 1, 2, … in turn, by key where there is one. */
export class FakeKafkaProducer extends KafkaProducer {
  /** What a test wants of a record instead of being written. */
  failRecord: ((record: ProducerRecord) => KafkaError | undefined) | undefined;
  /** Awaited before every send. */
  before: (() => Promise<void>) | undefined;
  #next = 0;

  constructor(private readonly cluster: FakeCluster) {
    super();
  }

  override async send(records: readonly ProducerRecord[]): Promise<readonly SendResult[]> {
    await this.before?.();
    return records.map((record) => this.#sendOne(record));
  }

  #sendOne(record: ProducerRecord): SendResult {
    const failure = this.failRecord?.(record);
    if (failure !== undefined) return { error: failure };
    try {
      const count = this.cluster.describe(record.topic)?.partitions.length;
      if (count === undefined) return { error: KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION') };
      const partition = record.partition ?? this.#choose(record.key, count);
      const timestamp = record.timestamp ?? BigInt(Date.now());
      return { partition, offset: this.cluster.append({ ...record, timestamp }, partition), timestamp };
    } catch (error) {
      if (error instanceof KafkaError) return { error };
      throw error;
    }
  }

  #choose(key: Buffer | null, count: number): number {
    if (key === null) return this.#next++ % count;
    return key.reduce((hash, byte) => (hash * 31 + byte) % 65521, 7) % count;
  }
}
