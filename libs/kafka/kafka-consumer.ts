import type {
  AutoOffsetReset,
  ConsumerRecord,
  IsolationLevel,
  OffsetAndMetadata,
  TopicPartition,
  TopicPartitionOffset,
} from './kafka-types.ts';

export interface KafkaConsumerOptions {
  readonly groupId: string;
  /** Static membership: the broker fences whoever joined before with the same id. */
  readonly groupInstanceId: string;
  readonly autoOffsetReset: AutoOffsetReset;
  readonly isolationLevel: IsolationLevel;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Most bytes one fetch asks for, at most 1 MiB unless the operator says more. */
  readonly fetchMaxBytes: number;
  readonly maxPartitionFetchBytes: number;
  /** Names of assignors in order of preference: range, roundrobin, sticky, cooperative-sticky. */
  readonly partitionAssignmentStrategy: readonly string[];
  /**
   * Of whom it continues as a member of the group. Its positions hold when the group has kept its generation; else what
   * was committed does, and they hold where nothing was committed.
   */
  readonly resume?: {
    /** Absent when it was in no group. */
    readonly memberId?: string;
    readonly generationId?: number;
    readonly positions: readonly TopicPartitionOffset[];
  };
}

/** What the group tells its member. Both are awaited before the rebalance goes on, for a bounded time. */
export interface RebalanceListener {
  onAssigned(partitions: readonly TopicPartition[]): void | Promise<void>;
  /** `lost`: the member was fenced or expired, so a commit for these would fail. */
  onRevoked(partitions: readonly TopicPartition[], lost: boolean): void | Promise<void>;
}

export interface PollOptions {
  /** Return what there is after this time. 0 returns what is buffered. */
  readonly timeoutMs: number;
  /** Most bytes of key and value; at least one record is returned when there is one. */
  readonly maxBytes: number;
  /** Wait for so many bytes of key and value, 1 for "as soon as there is a record". */
  readonly minBytes: number;
  /** Most records, however small; no limit when absent. */
  readonly maxRecords?: number;
  /** The size of a record against both limits; key plus value length unless said otherwise. */
  readonly sizeOf?: (record: ConsumerRecord) => number;
  /** Ends the wait; the poll then resolves with nothing and takes nothing. */
  readonly signal?: AbortSignal;
}

/**
 * One member of a group, or one reader of assigned partitions: pull, never push.
 *
 * It joins, heartbeats and rejoins in the background from `subscribe` on, whether anybody polls or not. It holds no
 * socket of its own. It never commits by itself. `position` is the offset after the last record that `poll` returned;
 * what "delivered" and "confirmed" mean is its owner's business.
 *
 * Illegal calls throw IllegalStateError with the Java client's text.
 */
export abstract class KafkaConsumer {
  /** Replaces the subscription. @throws {IllegalStateError} after `assign`, or topics after a pattern */
  abstract subscribe(topics: readonly string[]): void;
  /** `pattern` decides over every topic of the cluster, now and whenever topics appear. */
  abstract subscribePattern(pattern: { readonly source: string; matches(topic: string): boolean }): void;
  /** Leaves the group and drops a manual assignment; harmless when there is neither. */
  abstract unsubscribe(): Promise<void>;
  /** Replaces a manual assignment. @throws {IllegalStateError} after `subscribe` */
  abstract assign(partitions: readonly TopicPartition[]): void;

  /** Names subscribed to; with a pattern, those that matched last. */
  abstract subscription(): readonly string[];
  /** Partitions assigned now, by hand or by the group. */
  abstract assignment(): readonly TopicPartition[];

  /**
   * Takes records out of the buffer, or waits for them; also waits for the group's first assignment.
   *
   * One poll at a time. @throws {KafkaError} fatal group errors (authorization, FENCED_INSTANCE_ID), and
   * OFFSET_OUT_OF_RANGE or no committed offset with auto.offset.reset=none
   */
  abstract poll(options: PollOptions): Promise<readonly ConsumerRecord[]>;

  /**
   * Puts records back that were polled and not delivered: the next poll starts with them. Only the latest poll's, whole
   * or its tail, or first the tail and later the rest. Void for a partition that was sought or revoked since the poll;
   * `positions` goes back with them.
   */
  abstract unpoll(records: readonly ConsumerRecord[]): void;

  /** Drops what is buffered of the partition. @throws {IllegalStateError} when it is not assigned */
  abstract seek(partition: TopicPartition, offset: bigint): void;
  abstract seekToBeginning(partitions: readonly TopicPartition[]): void;
  abstract seekToEnd(partitions: readonly TopicPartition[]): void;
  /** Next offset to be polled of every assigned partition whose position is known. */
  abstract positions(): readonly TopicPartitionOffset[];

  /** Commits synchronously, retrying what may be retried for at most `timeoutMs`. @throws {KafkaError} */
  abstract commit(offsets: readonly OffsetAndMetadata[], timeoutMs: number): Promise<void>;
  /** Committed offsets of the group in one request; partitions without one are left out. @throws {KafkaError} */
  abstract committed(partitions: readonly TopicPartition[]): Promise<readonly OffsetAndMetadata[]>;

  /** Member id and generation, for whoever takes over; undefined when not in a group. */
  abstract membership(): { readonly memberId: string; readonly generationId: number } | undefined;

  /** `leave`: the partitions move to others at once. Without it the member may be taken over. Never rejects. */
  abstract close(options: { readonly leave: boolean }): Promise<void>;
}

/** Makes consumers. Making one is synchronous and asks nothing of the cluster. */
export abstract class KafkaConsumers {
  abstract create(options: KafkaConsumerOptions, listener: RebalanceListener): KafkaConsumer;
}

export { IllegalStateError } from './illegal-state-error.ts';
