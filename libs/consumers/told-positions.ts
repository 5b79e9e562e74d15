import type { KafkaConsumer } from '#libs/kafka/kafka-consumer.ts';
import { graceMs, type Deliveries } from './deliveries.ts';
import type { Delivery } from './delivery.ts';

/** The first delivery waits so long until it is known elsewhere where reading began; see `ConsumerRegistry.persist`. */
const persistMs = 2_000;

/**
 * Sees to it that others know where reading began before a client learns anything from there: a process that goes on
 * would begin at what auto.offset.reset says by then.
 */
export class ToldPositions {
  /** So many positions were known when they were told last; undefined when all are. */
  #told: number | undefined = 0;

  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly deliveries: Deliveries,
    private readonly persist: () => Promise<void>,
  ) {}

  /** The partitions are others now. */
  restart(): void {
    this.#told = 0;
  }

  /** To be called with every delivery before it is written. Rejects as `persist` does. */
  async before(delivery: Delivery): Promise<void> {
    if (this.#told === undefined) return;
    const { length: known } = this.deliveries.confirmedPositions();
    if (known > this.#told) {
      delivery.hold(persistMs);
      await this.persist();
      delivery.hold(graceMs);
    }
    const { length: assigned } = this.consumer.assignment();
    this.#told = assigned > 0 && known >= assigned ? undefined : known;
  }
}
