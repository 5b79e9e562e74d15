import type { History } from './check/history.ts';
import type { Network } from './engine/network.ts';
import type { Random } from './engine/random.ts';
import type { Scheduler } from './engine/scheduler.ts';
import type { SimulatedBroker } from './kafka/simulated-broker.ts';
import type { StoreServer } from './store/store-server.ts';

/** What to leave out, to see that the checker notices. */
export interface Controls {
  /** The owner confirms what it has written to another replica. */
  readonly ownerConfirms?: boolean;
  /** Kafka fences nobody, and the store takes every writer for the owner. */
  readonly noFencing?: boolean;
}

/** What is around the replicas of one simulation. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly network: Network;
  readonly history: History;
  readonly broker: SimulatedBroker;
  readonly store: StoreServer;
  readonly controls: Controls;
}
