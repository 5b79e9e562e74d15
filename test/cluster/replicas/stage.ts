import { waitFor } from '../../../scripts/stack/wait.ts';
import type { Random } from '../../support/random-json.ts';
import type { Deployment } from './deployment.ts';
import type { History } from './history.ts';
import type { Replica } from './replica.ts';
import type { Workload } from './workload.ts';

export interface Effects {
  /** Whose connections break. */
  readonly kills?: readonly Replica[];
  /** Who keeps its connections and does not answer. */
  readonly freezes?: readonly Replica[];
  /** Instances move to and fro: each time is a fault of its own. */
  readonly countsMoves?: boolean;
}

/** Where a scenario plays: what runs, who works with it, and what is written down. */
export class Stage {
  readonly deployment: Deployment;
  readonly load: Workload;
  readonly history: History;
  readonly random: Random;
  /** How often faults are repeated: once in the short form. */
  readonly rounds: number;

  constructor(deployment: Deployment, load: Workload, history: History, random: Random, rounds: number) {
    this.deployment = deployment;
    this.load = load;
    this.history = history;
    this.random = random;
    this.rounds = rounds;
  }

  /** Does something to the servers, and writes down from when to when it was. */
  async fault(name: string, act: () => Promise<unknown> | void, effects: Effects = {}): Promise<void> {
    const startedAt = this.history.now();
    const ports = (replicas: readonly Replica[] = []): number[] => replicas.map(({ port }) => port);
    const before = effects.countsMoves === true ? await this.#epochs() : {};
    const moves: Record<string, number> = {};
    const event = {
      type: 'fault' as const,
      name,
      startedAt,
      endedAt: Infinity,
      moves,
      kills: ports(effects.kills),
      freezes: ports(effects.freezes),
    };
    this.history.add(event);
    try {
      await act();
    } finally {
      event.endedAt = this.history.now();
      const after = effects.countsMoves === true ? await this.#epochs() : {};
      for (const [name, epoch] of Object.entries(after)) moves[name] = epoch - (before[name] ?? epoch);
    }
  }

  async #epochs(): Promise<Record<string, number>> {
    const epochs: Record<string, number> = {};
    for (const { name, plan } of this.load.consumers) {
      const epoch = await this.deployment.epochOf(plan.group, plan.name);
      if (epoch !== undefined) epochs[name] = epoch;
    }
    return epochs;
  }

  complain(text: string): void {
    this.history.add({ type: 'complaint', at: this.history.now(), text });
  }

  /** One of them, by the seed. */
  pick<T>(from: readonly T[]): T {
    const found = from[this.random(from.length)];
    if (found === undefined) throw new Error('there is nothing to pick from');
    return found;
  }

  /** A pause whose length is part of the scenario, not a wait for something. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Kills one, and everybody gets new records again. */
  async kill(replica: Replica): Promise<void> {
    await this.fault(`kill -9 ${replica.name}`, () => replica.kill(), { kills: [replica] });
  }

  async until(what: string, is: () => Promise<boolean> | boolean, timeoutMs = 30_000): Promise<void> {
    await waitFor(what, async () => ((await is()) ? true : undefined), timeoutMs, 10);
  }
}
