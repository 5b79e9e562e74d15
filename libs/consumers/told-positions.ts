import type { KafkaConsumer } from '#libs/kafka/kafka-consumer.ts';
import { graceMs, type Deliveries } from './deliveries.ts';
import type { Delivery } from './delivery.ts';

/** A delivery that waits until it is known elsewhere where the client stands is not taken back for so long. */
const tellingMs = 2_000;

/** As the registry's; both reject when the instance has moved. */
interface PositionsKeeper {
  persist(): Promise<void>;
  saving(since: number): Promise<void> | undefined;
}

/**
 * Sees to it that others know where the client stands before it learns anything from there.
 *
 * Where reading began: a process that goes on would begin at what auto.offset.reset says by then. And what was confirmed
 * before: it would be delivered again, and with it the answer that the client gets now.
 */
export class ToldPositions {
  /** So many positions were known when they were told last; undefined when all are. */
  #told: number | undefined = 0;

  constructor(
    private readonly consumer: KafkaConsumer,
    private readonly deliveries: Deliveries,
    private readonly keeper: PositionsKeeper,
  ) {}

  /** The partitions are others now. */
  restart(): void {
    this.#told = 0;
  }

  /**
   * To be awaited with every delivery before it is written; undefined when there is nothing to wait for. When the
   * instance has moved it gives the records back and rejects, unless there are none.
   *
   * @param startedAt when the read began
   */
  before(delivery: Delivery, startedAt: number): Promise<void> | undefined {
    if (this.#isNew()) return this.#wait(delivery, this.keeper.persist());
    // Nothing moves nothing.
    const saving = delivery.records.length === 0 ? undefined : this.keeper.saving(startedAt);
    return saving === undefined ? undefined : this.#wait(delivery, saving);
  }

  /** More positions are known than were told. */
  #isNew(): boolean {
    if (this.#told === undefined) return false;
    const { length: known } = this.deliveries.confirmedPositions();
    const { length: assigned } = this.consumer.assignment();
    const isNew = known > this.#told;
    this.#told = assigned > 0 && known >= assigned ? undefined : known;
    return isNew;
  }

  async #wait(delivery: Delivery, told: Promise<void>): Promise<void> {
    delivery.hold(tellingMs);
    try {
      await told;
      delivery.hold(graceMs);
    } catch (error) {
      delivery.abandon();
      // Nothing is an answer, too: elsewhere it would have to be waited for once more.
      if (delivery.records.length > 0) throw error;
    }
  }
}
