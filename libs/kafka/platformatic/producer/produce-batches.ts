import type { BrokerNode } from '../../kafka-types.ts';
import type { Batch } from './batch.ts';
import type { PartitionQueue } from './partition-queue.ts';
import type { PartitionAnswer } from './produce-request.ts';

/** A batch and the queue that it comes from. */
export interface Entry {
  readonly queue: PartitionQueue;
  readonly batch: Batch;
}

/** One Produce request under way. */
export interface ProduceRequest {
  readonly leader: BrokerNode;
  readonly entries: Entry[];
  /** On the clock of `performance.now()`. */
  readonly startedAt: number;
  bytes: number;
  /** See `Lanes`. */
  slot: number;
  /** Whether it may have reached the broker. */
  sent: boolean;
}

/** What of a request still counts: a batch may have been given to another broker since. */
export function carriedBy(request: ProduceRequest): Entry[] {
  return request.entries.filter((entry) => entry.batch.request === request);
}

/** The answer for a queue's partition; most often that at the same place as its batch had in the request. */
export function answerTo(
  queue: PartitionQueue,
  answers: readonly PartitionAnswer[],
  place: number,
): PartitionAnswer | undefined {
  const isIt = (one: PartitionAnswer | undefined): boolean =>
    one?.partition === queue.partition && one.topic === queue.topic;
  return isIt(answers[place]) ? answers[place] : answers.find(isIt);
}

export function isSameBroker(one: BrokerNode, other: BrokerNode): boolean {
  return one.id === other.id && one.host === other.host && one.port === other.port;
}
