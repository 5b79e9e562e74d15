import type { Weather, Part } from './check/weather.ts';
import type { ReplicaHost, World } from './world.ts';

export type FaultName =
  | 'crash'
  | 'crash when an answer is out'
  | 'pause'
  | 'drain'
  | 'roll'
  | 'cut from store'
  | 'cut from peer'
  | 'cut from kafka'
  | 'cut from all'
  | 'losses'
  | 'store outage'
  | 'store flush'
  | 'store failover'
  | 'kafka outage';

/** Plays faults, and ends them all. */
export class Nemesis {
  readonly #mends = new Set<() => void>();
  #hasEnded = false;

  constructor(
    private readonly world: World,
    private readonly weather: Weather,
  ) {}

  play(fault: FaultName): void {
    if (this.#hasEnded) return;
    const { history, random, store } = this.world;
    const node = random.pick(this.world.nodes);
    history.note(() => `FAULT ${fault} (${node.name})`);
    this.weather.faults += 1;
    switch (fault) {
      case 'crash':
        return this.#crash(node);
      case 'crash when an answer is out':
        return this.#crashAtAnswer(node);
      case 'pause':
        return this.#pause(node);
      case 'drain':
        return void this.#drain(node);
      case 'roll':
        return void this.#roll();
      case 'cut from store':
        return this.#cut(['store'], node.name, ['store']);
      case 'cut from peer':
        return this.#cut(['replicas'], node.name, [random.pick(this.world.nodes).name]);
      case 'cut from kafka':
        return this.#cut(['kafka'], node.name, ['kafka']);
      case 'cut from all':
        return this.#cut(
          ['kafka', 'store', 'replicas'],
          node.name,
          [...this.world.nodes.map(({ name }) => name), 'store', 'kafka'].filter(
            (name) => name !== node.name,
          ),
        );
      case 'losses':
        return this.#lose();
      case 'store outage':
        return this.#outage('store');
      case 'kafka outage':
        return this.#outage('kafka');
      case 'store flush':
        this.#during(['store', 'replicas'], 100, () => () => undefined);
        return store.flush();
      case 'store failover':
        this.#during(['store', 'replicas'], 100, () => () => undefined);
        return store.failOver();
    }
  }

  /** Mends all; every replica runs again, though those that are paused need a while. */
  end(): void {
    this.#hasEnded = true;
    for (const mend of this.#mends) mend();
    for (const node of this.world.nodes) node.start();
  }

  #crash(node: ReplicaHost): void {
    node.crash();
    const { random } = this.world;
    this.#during(
      ['replicas'],
      random.chance(0.3) ? random.between(10, 300) : random.between(300, 6_000),
      () => () => node.start(),
    );
  }

  /** Of the replica that has just sent an answer, or that owns what was answered. */
  #crashAtAnswer(node: ReplicaHost): void {
    const { history, random, scheduler } = this.world;
    let left = random.int(1, 3);
    history.onHanded(() => {
      if (this.#hasEnded || --left !== 0) return;
      scheduler.after(random.between(0, 4), () => {
        if (!this.#hasEnded) this.#crash(node);
      });
    });
  }

  #pause(node: ReplicaHost): void {
    const ms = this.world.random.between(300, 7_000);
    node.pause(ms);
    this.#during(['replicas', 'kafka', 'time'], ms, () => () => undefined);
  }

  async #drain(node: ReplicaHost): Promise<void> {
    const { random, scheduler } = this.world;
    const end = this.weather.begin('replicas', () => scheduler.now);
    await node.shutDown();
    end();
    await scheduler.sleep(random.between(10, 2_000));
    node.start();
  }

  async #roll(): Promise<void> {
    for (const node of this.world.nodes) await this.#drain(node);
  }

  #cut(parts: readonly Part[], from: string, to: readonly string[]): void {
    const { network, random } = this.world;
    this.#during(parts, random.between(300, 7_000), () => {
      const mends = to.filter((name) => name !== from).map((name) => network.cut(from, name));
      return () => {
        for (const mend of mends) mend();
      };
    });
  }

  #lose(): void {
    const { network, random } = this.world;
    this.#during(['kafka', 'store', 'replicas'], random.between(1_000, 6_000), () => {
      network.lossRate = random.between(0.02, 0.2);
      return () => {
        network.lossRate = 0;
      };
    });
  }

  #outage(part: 'store' | 'kafka'): void {
    const { broker, network, nodes, random, store } = this.world;
    const host = part === 'store' ? store : broker;
    this.#during([part], random.between(300, 6_000), () => {
      const mends = nodes.map(({ name }) => network.cut(name, host.name));
      return () => {
        for (const mend of mends) mend();
      };
    });
  }

  #during(parts: readonly Part[], ms: number, begin: () => () => void): void {
    const { scheduler } = this.world;
    const mend = begin();
    const ends = parts.map((part) => this.weather.begin(part, () => scheduler.now));
    const end = (): void => {
      if (!this.#mends.delete(end)) return;
      mend();
      for (const one of ends) one();
      this.world.history.note(() => `a fault has ended (${parts.join(', ')})`);
    };
    this.#mends.add(end);
    scheduler.after(ms, end);
  }
}
