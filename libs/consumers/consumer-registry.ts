import type { TopicPartitionOffset } from '#libs/kafka/kafka-types.ts';
import type { ConsumerInstanceOptions } from './consumer-instance-options.ts';
import type { Source } from './subscription.ts';

/** Names one consumer instance. */
export interface ConsumerInstanceName {
  readonly group: string;
  readonly id: string;
}

/** What became of a create. */
export type Claim =
  /** It is new and ours. `epoch` rises with every owner of this name and guards what is saved later. */
  | { readonly outcome: 'created'; readonly epoch: number }
  /** The same request has created it before: answer as then. */
  | { readonly outcome: 'repeated' }
  /** The name is taken. */
  | { readonly outcome: 'taken' };

/** What changes in an instance's life and another owner would need. */
export interface ConsumerInstanceState {
  readonly source: Source;
  /** Next offset to deliver; confirmed ones only. */
  readonly positions: readonly TopicPartitionOffset[];
  readonly membership: { readonly memberId: string; readonly generationId: number } | undefined;
  /** By the clock of the process that holds it; now when that is not said. */
  readonly usedAt?: number;
}

/**
 * Knows which consumer instances there are, beyond this process where it is shared.
 *
 * It serves uniqueness and routing, never safety: that is Kafka's fence on the static member. Calls that name an epoch
 * change nothing when the instance has a later one.
 */
export abstract class ConsumerRegistry {
  /** Whether another process can go on with what this one leaves; otherwise the instances end with it. */
  abstract readonly isShared: boolean;

  /**
   * Claims a name.
   *
   * @param requestId tells a retry of the same request from another request for the same name
   * @throws {RestError} 503 when the registry cannot be reached
   */
  abstract create(options: ConsumerInstanceOptions, requestId: string | undefined): Promise<Claim>;

  /** The instance was used; nothing else is new. As `changed` otherwise. */
  abstract used(name: ConsumerInstanceName, epoch: number, state: () => ConsumerInstanceState): void;

  /** The instance has changed; the state is read when it is written. Returns at once, never throws. */
  abstract changed(name: ConsumerInstanceName, epoch: number, state: () => ConsumerInstanceState): void;

  /**
   * What of `changed` is not written yet: resolves when it is, or soon in any case; never rejects. When nothing was
   * written for a while, whether the instance is still ours is asked in its place. undefined when there is nothing to
   * wait for, or no use in it.
   *
   * @param since as the clock has it: what was written later has shown whose the instance is
   */
  abstract saving(
    name: ConsumerInstanceName,
    epoch: number,
    since: number,
    state: () => ConsumerInstanceState,
  ): Promise<void> | undefined;

  /**
   * As `changed`, and waits until it is written: what the client is told next must outlive this process.
   *
   * Never rejects. An instance that is another process's is dropped here when this resolves. A registry that does not
   * answer is waited for a little, and told later.
   */
  abstract persist(
    name: ConsumerInstanceName,
    epoch: number,
    state: () => ConsumerInstanceState,
  ): Promise<void>;

  /**
   * Gives a name up for good. Leaves a mark for a minute, so that a retry of the same request is told so.
   *
   * @param requestId undefined when it expired
   * @returns `moved` when another process owns the instance now: nothing was removed
   */
  abstract remove(
    name: ConsumerInstanceName,
    epoch: number,
    requestId: string | undefined,
  ): Promise<'removed' | 'moved'>;

  /** The group has told that another is this member now; the instance is dropped here. Returns at once, never throws. */
  abstract lost(name: ConsumerInstanceName, epoch: number): void;

  /** Whether this request has removed an instance of that name before; somebody else may have the name since. */
  abstract removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean>;
}
