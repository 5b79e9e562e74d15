import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Weather } from '../check/weather.ts';
import type { World } from '../world.ts';
import { Client, isLost } from './client.ts';

/** Reads what its group gives it, and commits now and then. */
export class GroupClient extends Client {
  readonly #name: ConsumerInstanceName;

  constructor(
    world: World,
    weather: Weather,
    id: string,
    private readonly options: {
      readonly group: string;
      readonly autoCommit: boolean;
      readonly leaves: boolean;
    },
  ) {
    super(world, weather, id);
    this.#name = { group: options.group, id };
  }

  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#begin();
      const isDeleted = await this.#work(isOver);
      if (!isDeleted) continue;
      await this.think();
    }
  }

  async #begin(): Promise<void> {
    const { autoCommit } = this.options;
    // What a catastrophe has not taken is still there.
    await this.call(this.#name, { kind: 'create', autoCommit });
    await this.call(this.#name, { kind: 'subscribe' });
  }

  /** @returns false when the instance has vanished */
  async #work(isOver: () => boolean): Promise<boolean> {
    const { random } = this.world;
    const timeoutMs = 500;
    while (!isOver()) {
      const answer = await this.call(this.#name, { kind: 'read', timeoutMs });
      if (answer !== undefined && isLost(answer)) return false;
      if (random.chance(0.3)) await this.call(this.#name, { kind: 'commit' });
      await this.think();
      if (!this.options.leaves || !random.chance(0.03)) continue;
      await this.call(this.#name, { kind: 'delete' });
      return true;
    }
    return true;
  }
}
