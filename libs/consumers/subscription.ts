import { IllegalStateError } from '#libs/kafka/illegal-state-error.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';

/** What a consumer instance reads. */
export type Source =
  | { readonly kind: 'none' }
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'assigned'; readonly partitions: readonly TopicPartition[] };

/** Whether Kafka takes the name. */
export function isLegalTopic(topic: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..';
}

/** What a consumer instance reads, and what may follow on what, with the Java client's texts. */
export class Subscription {
  #current: Source = { kind: 'none' };
  #illegal: readonly string[] = [];

  get current(): Source {
    return this.#current;
  }

  set(source: Source): void {
    this.#current = source;
    this.#illegal = source.kind === 'topics' ? source.topics.filter((topic) => !isLegalTopic(topic)) : [];
  }

  /** @throws {IllegalStateError} when another kind of source is set */
  require(kind: Exclude<Source['kind'], 'none'>): void {
    if (this.#current.kind !== 'none' && this.#current.kind !== kind) {
      throw new IllegalStateError('Subscription to topics, partitions and pattern are mutually exclusive');
    }
  }

  /**
   * @throws {IllegalStateError} when there is nothing to read
   * @throws {KafkaError} INVALID_TOPIC_EXCEPTION when a topic has an illegal name
   */
  requireReadable(): void {
    if (this.#current.kind === 'none') {
      throw new IllegalStateError('Consumer is not subscribed to any topics or assigned any partitions');
    }
    if (this.#illegal.length > 0) {
      throw KafkaError.of('INVALID_TOPIC_EXCEPTION', `Invalid topics: [${this.#illegal.join(', ')}]`);
    }
  }
}
