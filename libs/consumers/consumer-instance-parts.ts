import type { KafkaConsumers } from '#libs/kafka/kafka-consumer.ts';
import type { ConsumerConfig } from '#libs/kafka/kafka-settings.ts';
import type { Serde } from '#libs/serde/serde.ts';
import type { Clock } from './clock.ts';
import type { ConsumerCounts } from './consumer-counts.ts';

/** What an instance needs from around it. */
export interface ConsumerInstanceParts {
  readonly consumers: KafkaConsumers;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly config: ConsumerConfig;
  /** Absent where nobody asks for them. */
  readonly counts?: ConsumerCounts;
}
