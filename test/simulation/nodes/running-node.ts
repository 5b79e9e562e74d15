import { ConsumerInstances } from '#libs/consumers/consumer-instances.ts';
import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { Lease } from '#libs/replicas/lease.ts';
import { ReplicaNode } from '#libs/replicas/replica-node.ts';
import type { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import { ReplicatedConsumerRegistry } from '#libs/replicas/replicated-consumer-registry.ts';
import { BinarySerde } from '#libs/serde/binary/binary-serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import type { Host, SimulatedProcess } from '../engine/simulated-process.ts';
import { VirtualClock } from '../engine/virtual-clock.ts';
import { DeliveryReports } from '../http/delivery-reports.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Hop } from '../http/hop.ts';
import { Edge } from '../http/edge.ts';
import { ForwardEndpoint } from '../http/forward-endpoint.ts';
import { perform, type Performed, type Request } from '../http/operations.ts';
import { BrokerLink } from '../kafka/broker-link.ts';
import { SimulatedKafka } from '../kafka/simulated-kafka.ts';
import { SimulatedStore } from '../store/simulated-store.ts';
import type { RunningReplica, World } from '../world.ts';
import { consumersSettings, leaseMs, renewMs } from './settings.ts';
import { SimulatedPeers } from './simulated-peers.ts';
import { SilentEvents } from './silent-events.ts';

/** One start of one replica: the whole protocol on simulated ports. */
export class RunningNode implements RunningReplica {
  readonly router: ReplicaRouter;
  readonly instances: ConsumerInstances;
  readonly deliveries: ForwardedDeliveries;
  readonly reports: DeliveryReports;
  readonly #edge: Edge;
  readonly #endpoint: ForwardEndpoint;
  readonly #replica: ReplicaNode;
  #isStarted = false;
  #isDraining = false;

  constructor(
    private readonly world: World,
    readonly host: Host & { readonly address: string },
    readonly process: SimulatedProcess,
    start: number,
  ) {
    const { broker, controls, history, network, scheduler } = world;
    const { address, name } = host;
    const clock = new VirtualClock(scheduler, process);
    const { noFencing = false, ownerConfirms = false } = controls;
    const store = new SimulatedStore(network, host, world.store, history, noFencing);
    const peers = new SimulatedPeers(world, host);
    const events = new SilentEvents();
    let incarnations = 0;
    const lease = new Lease(
      store,
      clock,
      { replicaName: name, address, leaseMs, renewMs },
      events,
      () => `${name}-${start}-${++incarnations}`,
    );
    const { instanceTimeoutMs } = consumersSettings;
    const registry = new ReplicatedConsumerRegistry(store, lease, peers, clock, {
      instanceTimeoutMs,
      leaseMs,
    });
    const kafka = new SimulatedKafka(new BrokerLink(scheduler, network, host, process, broker));
    const serdes = new Serdes([new BinarySerde()]);
    const instances = new ConsumerInstances(consumersSettings, kafka, serdes, registry, clock);
    const patterns = { of: () => Promise.reject(new Error('patterns are not simulated')) };
    this.instances = instances;
    this.#replica = new ReplicaNode({
      store,
      peers,
      lease,
      registry,
      instances,
      patterns,
      events,
      clock,
      leaseMs,
    });
    this.router = this.#replica.router;
    this.deliveries = new ForwardedDeliveries(clock, `${name}-${start}`);
    this.reports = new DeliveryReports(world, host);
    this.#edge = new Edge(world, this);
    this.#endpoint = new ForwardEndpoint(this, ownerConfirms);
  }

  get isReady(): boolean {
    return this.#isStarted && !this.#isDraining;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get openRequests(): number {
    return this.#edge.open;
  }

  get pendingReports(): number {
    return this.reports.pending;
  }

  /** The kernel accepts connections while the process is paused. */
  accept(exchange: Exchange): void {
    this.#soon(() => void this.#edge.serve(exchange));
  }

  acceptForwarded(hop: Hop): void {
    this.#soon(() => void this.#endpoint.serve(hop));
  }

  async perform(request: Request, signal: AbortSignal): Promise<Performed> {
    const { history } = this.world;
    history.note(() => `${this.host.name}: serves ${request.requestId}`);
    const performed = await perform(this.instances, request, signal);
    // To a client that has gone nothing is begun.
    if (!signal.aborted) history.begun(request, performed.answer.records);
    return performed;
  }

  async start(): Promise<void> {
    await this.#replica.start();
    this.#isStarted = true;
  }

  /** As SIGTERM: hands all over, answers what is under way, and ends. */
  async shutDown(): Promise<void> {
    const { scheduler } = this.world;
    this.#isDraining = true;
    this.instances.drain();
    await this.#replica.drain();
    const deadline = scheduler.now + longestWaitMs;
    while (this.openRequests + this.pendingReports > 0 && scheduler.now < deadline)
      await this.#sleep(lookEveryMs);
    await this.#replica.end();
  }

  #soon(work: () => void): void {
    const { scheduler } = this.world;
    if (this.process.pausedUntil > scheduler.now) scheduler.after(0, work, this.process);
    else work();
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.world.scheduler.after(ms, resolve, this.process);
    });
  }
}

const longestWaitMs = 5_000;
const lookEveryMs = 50;
