import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { KafkaConsumer } from '#libs/kafka/kafka-consumer.ts';
import type { OffsetAndMetadata, TopicPartition, TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { Clock } from './clock.ts';
import type { Deliveries } from './deliveries.ts';
import { partitionKey } from './partition-key.ts';

export interface CommitOptions {
  readonly autoCommit: boolean;
  readonly autoCommitIntervalMs: number;
  /** How long a commit may take, the wait for the one before it included. */
  readonly timeoutMs: number;
}

/**
 * The commits of one consumer: one after the other, so that none overtakes another, and nobody else waits for them.
 */
export class Commits {
  /** What was committed last of the confirmed positions. */
  readonly #committed = new Map<string, bigint>();
  #last: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly deliveries: Deliveries,
    private readonly clock: Clock,
    private readonly options: CommitOptions,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Commits what was confirmed, as the client asks for it. @throws {KafkaError} */
  async confirmed(): Promise<void> {
    await this.deliveries.settled();
    await this.#inTurn(this.options.timeoutMs, (leftMs) =>
      this.#commitPositions(this.deliveries.confirmedPositions(), leftMs),
    );
  }

  /** Commits what the client says. @throws {KafkaError} */
  async offsets(offsets: readonly OffsetAndMetadata[]): Promise<void> {
    if (offsets.length === 0) return;
    await this.#inTurn(this.options.timeoutMs, (leftMs) => this.consumer.commit(offsets, leftMs));
    for (const offset of offsets) this.#committed.delete(partitionKey(offset));
  }

  /** Something may have to be committed in a while. */
  arm(): void {
    if (!this.options.autoCommit || this.#stopped || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.clock.after(this.options.autoCommitIntervalMs, () => {
      this.#cancelTimer = undefined;
      void this.auto();
    });
  }

  /**
   * Commits what was confirmed and not committed yet, if the instance commits by itself. Never rejects.
   *
   * @param options.partitions only these; all when absent
   * @param options.limitMs how long it may take; that of every commit when absent
   */
  async auto(
    options: { readonly partitions?: readonly TopicPartition[]; readonly limitMs?: number } = {},
  ): Promise<void> {
    if (!this.options.autoCommit) return;
    const only = options.partitions === undefined ? undefined : new Set(options.partitions.map(partitionKey));
    try {
      await this.#inTurn(Math.min(options.limitMs ?? Infinity, this.options.timeoutMs), (leftMs) => {
        const changed = this.deliveries.confirmedPositions().filter((position) => {
          const key = partitionKey(position);
          return (only?.has(key) ?? true) && this.#committed.get(key) !== position.offset;
        });
        return this.#commitPositions(changed, leftMs);
      });
    } catch (error) {
      this.onFailure(error);
      this.arm();
    }
  }

  /** These are no longer ours. */
  forget(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#committed.delete(partitionKey(partition));
  }

  /** No more commits by itself, but for calls of `auto`. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  async #commitPositions(positions: readonly TopicPartitionOffset[], timeoutMs: number): Promise<void> {
    if (positions.length === 0) return;
    const offsets = positions.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset,
      metadata: null,
    }));
    await this.consumer.commit(offsets, timeoutMs);
    for (const position of positions) this.#committed.set(partitionKey(position), position.offset);
  }

  /** @param commit is told how much of the time is left */
  async #inTurn(timeoutMs: number, commit: (leftMs: number) => Promise<void>): Promise<void> {
    const deadline = this.clock.now() + timeoutMs;
    const before = this.#last;
    const mine = (async () => {
      await before;
      const left = deadline - this.clock.now();
      if (left <= 0) {
        throw KafkaError.of(
          'REQUEST_TIMED_OUT',
          `Timeout of ${timeoutMs}ms expired before successfully committing offsets`,
        );
      }
      await commit(left);
    })();
    this.#last = mine.catch(() => undefined);
    await mine;
  }
}
