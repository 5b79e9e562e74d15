import { TopicTally } from '#libs/tally/topic-tally.ts';

/** What the producer of this process was given, and what became of it. Each attempt of a client counts. */
export class ProduceCounts {
  /** Records that Kafka has. */
  readonly written = new TopicTally();
  /** Records of which it is not known that Kafka has them. */
  readonly failed = new TopicTally();
  /** Bytes of keys and values of the records that Kafka has. */
  readonly bytes = new TopicTally();
}
