/** Kafka's own types, as every part of the proxy speaks of them. Offsets and timestamps are `bigint`. */

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TopicPartitionOffset extends TopicPartition {
  readonly offset: bigint;
}

/** `offset` is the next offset to read, as Kafka stores it. */
export interface OffsetAndMetadata extends TopicPartitionOffset {
  /** Kafka stores null as "". */
  readonly metadata: string | null;
}

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** A record to be produced. `null` key or value is Kafka's null; an empty buffer is an empty value. */
export interface ProducerRecord {
  readonly topic: string;
  /** Chosen by the partitioner when null. Must exist: a partition out of range is an error result. */
  readonly partition: number | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: readonly RecordHeader[] | undefined;
  /** Milliseconds since the epoch; the time of the call when absent. */
  readonly timestamp?: bigint | undefined;
}

/** A record as it was fetched. Its buffers may be views into the fetch response: copy what you keep for long. */
export interface ConsumerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

export interface BrokerNode {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

export interface PartitionMetadata {
  readonly partition: number;
  /** -1 while the partition has no leader. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
}

export interface TopicMetadata {
  readonly name: string;
  readonly internal: boolean;
  /** In ascending order of partition. */
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterDescription {
  readonly clusterId: string;
  /** -1 while there is none. */
  readonly controllerId: number;
  /** In ascending order of id. */
  readonly brokers: readonly BrokerNode[];
}

/** Which offset to look up: the first still there, the end, or the first at or after a time (ms). */
export type OffsetSpec = 'earliest' | 'latest' | { readonly timestampMs: bigint };

export type IsolationLevel = 'read_uncommitted' | 'read_committed';
export type AutoOffsetReset = 'earliest' | 'latest' | 'none';
