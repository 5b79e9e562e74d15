import { SimulatedProcess, type Host } from '../engine/simulated-process.ts';
import type { Exchange } from '../http/exchange.ts';
import type { World } from '../world.ts';
import { RunningNode } from './running-node.ts';

/** A place where a replica runs, dies and starts again, always at the same address. */
export class SimulatedNode implements Host {
  readonly address: string;
  #running: RunningNode | undefined;
  #starts = 0;

  constructor(
    private readonly world: () => World,
    readonly name: string,
  ) {
    this.address = `http://${name}:8083`;
  }

  /** undefined while there is none. */
  get running(): RunningNode | undefined {
    return this.#running;
  }

  get process(): SimulatedProcess | undefined {
    return this.#running?.process;
  }

  /** Whether the load balancer sends new requests here. */
  get isReady(): boolean {
    return this.#running !== undefined && !this.#running.isDraining;
  }

  start(): void {
    if (this.#running !== undefined) return;
    const process = new SimulatedProcess(this.name);
    this.#running = new RunningNode(this.world(), this, process, ++this.#starts);
    void this.#running.start();
  }

  /** As SIGKILL. */
  crash(): void {
    const { process } = this;
    this.#running = undefined;
    process?.end();
  }

  /** As SIGSTOP, and SIGCONT later. */
  pause(ms: number): void {
    this.process?.pause(this.world().scheduler.now + ms);
  }

  /** As SIGTERM. Resolves when it has ended; when it was killed meanwhile: never. */
  async shutDown(): Promise<void> {
    const running = this.#running;
    if (running === undefined || running.isDraining) return;
    await running.shutDown();
    if (this.#running === running) this.crash();
  }

  /** A client's connection: accepted by the kernel even while the process is paused. */
  accept(exchange: Exchange): void {
    const running = this.#running;
    if (running === undefined) return;
    const { scheduler } = this.world();
    const serve = (): void => void running.edge.serve(exchange);
    if (running.process.pausedUntil > scheduler.now) scheduler.after(0, serve, running.process);
    else serve();
  }
}
