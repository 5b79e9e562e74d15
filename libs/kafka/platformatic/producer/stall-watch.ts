import { KafkaError } from '../../kafka-error.ts';
import type { Lanes } from './lanes.ts';
import type { LeaderView } from './leader-search.ts';
import { carriedBy, isSameBroker, type ProduceRequest } from './produce-batches.ts';
import type { PartitionQueue } from './partition-queue.ts';

/**
 * Looks after requests that take long: their broker may be frozen or cut off and another have taken over, which would
 * show only when the request times out. The batches go to the new leader then, and so do the partitions that wait for
 * room at the broker; a late answer is not listened to.
 */
export class StallWatch {
  readonly #metadata: LeaderView;
  readonly #requests: ReadonlySet<ProduceRequest>;
  readonly #lanes: Lanes;
  readonly #moved: (queue: PartitionQueue) => void;
  #checking = false;

  /** @param moved is told of queues that are free to be sent elsewhere */
  constructor(
    metadata: LeaderView,
    requests: ReadonlySet<ProduceRequest>,
    lanes: Lanes,
    moved: (queue: PartitionQueue) => void,
  ) {
    this.#metadata = metadata;
    this.#requests = requests;
    this.#lanes = lanes;
    this.#moved = moved;
  }

  /** Never rejects. @param now on the clock of `performance.now()` */
  async check(now: number): Promise<void> {
    if (this.#checking) return;
    const stalled = [...this.#requests].filter((request) => now - request.startedAt > stalledAfterMs);
    if (stalled.length === 0) return;
    this.#checking = true;
    try {
      const brokers = new Set(stalled.map((request) => request.leader.id));
      const topics = new Set(stalled.flatMap(({ entries }) => entries.map(({ queue }) => queue.topic)));
      for (const broker of brokers) for (const { topic } of this.#lanes.parkedAt(broker)) topics.add(topic);
      await this.#metadata.refreshTopics([...topics]);
      for (const request of stalled) this.#move(request);
      for (const broker of brokers) this.#unpark(broker);
    } catch {
      // The next check asks again; the request's own time limit holds.
    } finally {
      this.#checking = false;
    }
  }

  #move(request: ProduceRequest): void {
    for (const { queue, batch } of carriedBy(request)) {
      const leader = this.#metadata.leaderOf(queue.topic, queue.partition);
      if (leader === undefined || isSameBroker(leader, request.leader)) continue;
      batch.request = undefined;
      batch.uncertain ||= request.sent;
      batch.blame(KafkaError.of('NOT_LEADER_OR_FOLLOWER'));
      this.#moved(queue);
    }
  }

  #unpark(broker: number): void {
    const hasMoved = ({ topic, partition }: PartitionQueue): boolean => {
      const leader = this.#metadata.leaderOf(topic, partition);
      return leader !== undefined && leader.id !== broker;
    };
    for (const queue of this.#lanes.unpark(broker, hasMoved)) this.#moved(queue);
  }
}

const stalledAfterMs = 1_500;
