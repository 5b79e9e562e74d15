import type { PartitionQueue } from './partition-queue.ts';

interface Lane {
  inFlight: number;
  parked: PartitionQueue[];
}

/** How many requests are under way to each broker, and which partitions wait for one of them to end. */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();
  readonly #limit: number;

  /** @param limit requests a broker */
  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoom(broker: number): boolean {
    return this.#lane(broker).inFlight < this.#limit;
  }

  enter(broker: number): void {
    this.#lane(broker).inFlight++;
  }

  /** Makes room again. @returns the partitions that waited for it */
  leave(broker: number): readonly PartitionQueue[] {
    const lane = this.#lane(broker);
    lane.inFlight--;
    const parked = lane.parked;
    if (parked.length > 0) lane.parked = [];
    return parked;
  }

  park(broker: number, queue: PartitionQueue): void {
    this.#lane(broker).parked.push(queue);
  }

  #lane(broker: number): Lane {
    let lane = this.#lanes.get(broker);
    if (lane === undefined) {
      lane = { inFlight: 0, parked: [] };
      this.#lanes.set(broker, lane);
    }
    return lane;
  }
}
