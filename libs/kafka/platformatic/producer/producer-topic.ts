import type { TopicMetadata } from '../../kafka-types.ts';
import { StickyPartitioner } from '../../partitioner.ts';
import { PartitionQueue } from './partition-queue.ts';
import type { ProducerIdentity } from './producer-identity.ts';

/** A topic that is written to: a queue for each of its partitions. */
export class ProducerTopic {
  readonly #identity: ProducerIdentity;
  readonly #sticky: StickyPartitioner;
  readonly #queues: PartitionQueue[] = [];
  readonly #loadOf = (partition: number): number => this.#queues[partition]?.waitingBytes ?? 0;
  #metadata: TopicMetadata;
  #candidates: readonly number[] = [];

  constructor(metadata: TopicMetadata, identity: ProducerIdentity, stickyBytes: number) {
    this.#identity = identity;
    this.#sticky = new StickyPartitioner(stickyBytes);
    this.#metadata = metadata;
    this.#adopt(metadata);
  }

  get metadata(): TopicMetadata {
    return this.#metadata;
  }

  get partitionCount(): number {
    return this.#metadata.partitions.length;
  }

  /** Whether nothing waits or is under way. */
  get isIdle(): boolean {
    return this.#queues.every((queue) => queue.isEmpty);
  }

  /** Takes newer metadata; cheap when it is the same object. */
  update(metadata: TopicMetadata): void {
    if (metadata !== this.#metadata) this.#adopt(metadata);
  }

  queue(partition: number): PartitionQueue | undefined {
    return partition < this.partitionCount ? this.#queues[partition] : undefined;
  }

  /** The partition for a record without a key: one that has a leader, if any has. */
  chooseFor(bytes: number): number {
    return this.#sticky.next(bytes, this.#candidates, this.#loadOf);
  }

  #adopt(metadata: TopicMetadata): void {
    this.#metadata = metadata;
    const all = metadata.partitions.map((_, index) => index);
    const led = all.filter((index) => (metadata.partitions[index]?.leader ?? -1) >= 0);
    this.#candidates = led.length > 0 ? led : all;
    for (const partition of all) {
      this.#queues[partition] ??= new PartitionQueue(metadata.name, partition, this.#identity);
      if ((metadata.partitions[partition]?.leader ?? -1) < 0) this.#sticky.leave(partition);
    }
  }
}
