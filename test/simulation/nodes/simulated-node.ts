import { SimulatedProcess } from '../engine/simulated-process.ts';
import type { ReplicaHost, World } from '../world.ts';
import { RunningNode } from './running-node.ts';

/** Starts a replica again and again. */
export class SimulatedNode implements ReplicaHost {
  readonly address: string;
  #running: RunningNode | undefined;
  #starts = 0;

  constructor(
    private readonly world: () => World,
    readonly name: string,
  ) {
    this.address = `http://${name}:8083`;
  }

  get running(): RunningNode | undefined {
    return this.#running;
  }

  get process(): SimulatedProcess | undefined {
    return this.#running?.process;
  }

  get isReady(): boolean {
    return this.#running?.isReady === true;
  }

  start(): void {
    if (this.#running !== undefined) return;
    const process = new SimulatedProcess(this.name);
    this.#running = new RunningNode(this.world(), this, process, ++this.#starts);
    void this.#running.start();
  }

  crash(): void {
    const { process } = this;
    this.#running = undefined;
    process?.end();
  }

  pause(ms: number): void {
    this.process?.pause(this.world().scheduler.now + ms);
  }

  async shutDown(): Promise<void> {
    const running = this.#running;
    if (running === undefined || running.isDraining) return;
    await running.shutDown();
    if (this.#running === running) this.crash();
  }
}
