import type { PartitionQueue } from './partition-queue.ts';

interface Lane {
  /** By slot, whether a request is under way. */
  readonly busy: boolean[];
  parked: PartitionQueue[];
}

/**
 * The requests under way to each broker, and the partitions that wait for one of them to end.
 *
 * Each request has a slot, which stands for a connection: a broker answers one request of a connection before it looks
 * at the next, so one that waits for slow replicas would hold up partitions that have none.
 */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();
  readonly #limit: number;

  /** @param limit requests a broker */
  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoom(broker: number): boolean {
    return this.#freeSlot(this.#lane(broker)) < this.#limit;
  }

  /** @returns the slot: the lowest that is free, so that few are used while there is little to do */
  enter(broker: number): number {
    const lane = this.#lane(broker);
    const slot = this.#freeSlot(lane);
    lane.busy[slot] = true;
    return slot;
  }

  /** Makes room again. @returns the partitions that waited for it */
  leave(broker: number, slot: number): readonly PartitionQueue[] {
    const lane = this.#lane(broker);
    lane.busy[slot] = false;
    const parked = lane.parked;
    if (parked.length > 0) lane.parked = [];
    return parked;
  }

  park(broker: number, queue: PartitionQueue): void {
    this.#lane(broker).parked.push(queue);
  }

  /** The partitions that wait for a request to the broker to end. */
  parkedAt(broker: number): readonly PartitionQueue[] {
    return this.#lane(broker).parked;
  }

  /** Takes those out that need not wait for this broker any more. */
  unpark(broker: number, hasMoved: (queue: PartitionQueue) => boolean): readonly PartitionQueue[] {
    const lane = this.#lane(broker);
    const moved: PartitionQueue[] = [];
    const kept: PartitionQueue[] = [];
    for (const queue of lane.parked) (hasMoved(queue) ? moved : kept).push(queue);
    lane.parked = kept;
    return moved;
  }

  #freeSlot(lane: Lane): number {
    const slot = lane.busy.indexOf(false);
    return slot < 0 ? lane.busy.length : slot;
  }

  #lane(broker: number): Lane {
    let lane = this.#lanes.get(broker);
    if (lane === undefined) {
      lane = { busy: [], parked: [] };
      this.#lanes.set(broker, lane);
    }
    return lane;
  }
}
