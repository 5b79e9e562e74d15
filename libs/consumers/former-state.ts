import type { KafkaConsumer } from '#libs/kafka/kafka-consumer.ts';
import type { ConsumerInstanceState } from './consumer-registry.ts';
import { partitionKey } from './partition-key.ts';

/**
 * What is known of an instance from whom it continues, as long as it does not know better itself: what is saved of it
 * while it joins its group must not forget where its client stands.
 */
export class FormerState {
  #former: ConsumerInstanceState | undefined;

  constructor(
    private readonly consumer: KafkaConsumer,
    former: ConsumerInstanceState | undefined,
  ) {
    this.#former = former;
  }

  /** It reads something else now. */
  forget(): void {
    this.#former = undefined;
  }

  /** @param state as it is known here */
  completed(state: ConsumerInstanceState): ConsumerInstanceState {
    const former = this.#former;
    if (former === undefined) return state;
    const assigned = this.consumer.assignment();
    if (assigned.length === 0)
      return { ...state, positions: former.positions, membership: former.membership };
    const unknown = new Set(assigned.map(partitionKey));
    for (const position of state.positions) unknown.delete(partitionKey(position));
    if (unknown.size === 0) this.#former = undefined;
    const missing = former.positions.filter((position) => unknown.has(partitionKey(position)));
    return { ...state, positions: [...state.positions, ...missing] };
  }
}
