import type { Host } from '../engine/simulated-process.ts';
import { SimulatedProcess } from '../engine/simulated-process.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { GroupCoordinator, type Identity } from './group-coordinator.ts';
import { PartitionLogs } from './partition-logs.ts';

/** Hears of every commit that the broker has accepted. */
export interface CommitObserver {
  committed(group: string, partition: number, offset: number): void;
}

/** Kafka: one broker with one topic. What it knows outlives every outage. */
export class SimulatedBroker implements Host {
  readonly name = 'kafka';
  readonly process = new SimulatedProcess('kafka');
  readonly logs: PartitionLogs;
  readonly #groups = new Map<string, GroupCoordinator>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly observer: CommitObserver,
    private readonly options: { readonly partitions: number; readonly fences: boolean },
  ) {
    this.logs = new PartitionLogs('t', options.partitions, scheduler);
  }

  group(name: string): GroupCoordinator {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const { fences, partitions } = this.options;
    const group = new GroupCoordinator(name, partitions, this.scheduler, fences);
    this.#groups.set(name, group);
    return group;
  }

  commit(group: string, identity: Identity | undefined, offsets: ReadonlyMap<number, number>): void {
    this.group(group).commit(identity, offsets);
    for (const [partition, offset] of offsets) this.observer.committed(group, partition, offset);
  }
}
