import type { KafkaConsumerOptions } from '../../kafka-consumer.ts';
import type { PartitionState } from './partition-state.ts';

/**
 * Positions of whom a member continues, for the first partitions that it is assigned.
 *
 * When the group has been without it, others may have read and committed since: then they are only better than
 * auto.offset.reset.
 */
export class ResumedPositions {
  #resume: KafkaConsumerOptions['resume'];

  constructor(resume: KafkaConsumerOptions['resume']) {
    this.#resume = resume;
  }

  /** @param generationId in which they were assigned */
  give(states: readonly PartitionState[], generationId: number): void {
    // Who has to wait until others have given its partitions up gets none at first.
    if (this.#resume === undefined || states.length === 0) return;
    const { positions, generationId: former } = this.#resume;
    this.#resume = undefined;
    const offsets = new Map(positions.map((one) => [`${one.topic}-${one.partition}`, one.offset]));
    for (const state of states) {
      const offset = offsets.get(state.key);
      if (offset === undefined) continue;
      if (former === generationId) state.seek(offset);
      else state.uncommitted = offset;
    }
  }
}
