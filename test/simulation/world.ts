import type { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import type { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import type { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import type { Host, SimulatedProcess } from './engine/simulated-process.ts';
import type { Exchange } from './http/exchange.ts';
import type { Hop } from './http/hop.ts';
import type { Performed, Request } from './http/operations.ts';
import type { Surroundings } from './surroundings.ts';

/** One start of one replica. */
export interface RunningReplica {
  readonly process: SimulatedProcess;
  readonly router: ReplicaRouter;
  readonly instances: ConsumerInstances;
  readonly deliveries: ForwardedDeliveries;
  readonly isDraining: boolean;
  /** Clients' requests that are under way. */
  readonly openRequests: number;
  /** Reports to owners that are under way. */
  readonly pendingReports: number;
  /** @throws {ConsumerInstanceMovedError} the instance is elsewhere now */
  perform(request: Request, signal: AbortSignal): Promise<Performed>;
  /** A client asks for something. */
  accept(exchange: Exchange): void;
  /** Another replica sends a request on. */
  acceptForwarded(hop: Hop): void;
}

/** A place where a replica runs, dies and starts again, always at the same address. */
export interface ReplicaHost extends Host {
  readonly address: string;
  /** undefined while there is none. */
  readonly running: RunningReplica | undefined;
  /** Whether the load balancer sends new requests here. */
  readonly isReady: boolean;
  start(): void;
  /** As SIGKILL. */
  crash(): void;
  /** As SIGSTOP, and SIGCONT later. */
  pause(ms: number): void;
  /** As SIGTERM. Resolves when it has ended; when it was killed meanwhile: never. */
  shutDown(): Promise<void>;
}

/** All that the parts of one simulation share. */
export interface World extends Surroundings {
  readonly nodes: readonly ReplicaHost[];
  /** @throws {RangeError} when no replica ever had the address */
  nodeAt(address: string): ReplicaHost;
}
