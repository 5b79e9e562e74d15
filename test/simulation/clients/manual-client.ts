import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Weather } from '../check/weather.ts';
import type { Place } from '../http/operations.ts';
import type { World } from '../world.ts';
import { aftermathMs } from '../check/check-answer.ts';
import { Client } from './client.ts';

/** Reads all partitions by itself, in order; goes back now and then. */
export class ManualClient extends Client {
  readonly #name: ConsumerInstanceName;
  /** The next record that may come, by partition. */
  readonly #expected: number[];
  /** Answers with records that it had. */
  #repeated = 0;

  constructor(
    world: World,
    weather: Weather,
    id: string,
    private readonly options: {
      readonly group: string;
      readonly autoCommit: boolean;
      readonly partitions: number;
      readonly seeks: boolean;
    },
  ) {
    super(world, weather, id);
    this.#name = { group: options.group, id };
    this.#expected = Array.from({ length: options.partitions }, () => 0);
  }

  get repeated(): number {
    return this.#repeated;
  }

  async run(isOver: () => boolean): Promise<void> {
    const { random } = this.world;
    const timeoutMs = 500;
    await this.#begin();
    while (!isOver()) {
      const answer = await this.call(this.#name, { kind: 'read', timeoutMs });
      if (answer?.status === 404) await this.#begin();
      else if (answer !== undefined) this.#take(answer.records);
      if (random.chance(0.15)) await this.call(this.#name, { kind: 'commit' });
      if (this.options.seeks && random.chance(0.05)) await this.#goBack();
      await this.think();
    }
  }

  async #begin(): Promise<void> {
    const { autoCommit, partitions } = this.options;
    await this.call(this.#name, { kind: 'create', autoCommit }, this.weather.isCatastrophe ? [409] : []);
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    await this.call(this.#name, { kind: 'assign', partitions: all });
  }

  async #goBack(): Promise<void> {
    const { random, scheduler } = this.world;
    const partition = random.int(0, this.options.partitions - 1);
    const offset = random.int(0, this.#expected[partition] ?? 0);
    const startedAt = scheduler.now;
    const answer = await this.call(this.#name, { kind: 'seek', to: [{ partition, offset }] });
    // Without the store nobody else can know of it.
    if (answer?.status === 204 && !this.weather.wasBad('store', startedAt - aftermathMs)) {
      this.#expected[partition] = offset;
    }
  }

  #take(records: readonly Place[]): void {
    const { history } = this.world;
    let isRepeated = false;
    for (const { offset, partition } of records) {
      const expected = this.#expected[partition] ?? 0;
      if (offset < expected) isRepeated = true;
      for (let missing = expected; missing < offset; missing++) {
        if (history.group(this.#name.group).isExcused({ partition, offset: missing })) continue;
        history.violation(`${this.id} got ${partition}@${offset} where ${partition}@${missing} comes next`);
        break;
      }
      this.#expected[partition] = offset + 1;
    }
    if (isRepeated) this.#repeated++;
  }
}
