import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Weather } from '../check/weather.ts';
import { Repetitions } from '../check/repetitions.ts';
import type { Place } from '../http/operations.ts';
import type { World } from '../world.ts';
import { aftermathMs } from '../check/check-answer.ts';
import { Client, isLost } from './client.ts';

/** Reads all partitions by itself, in order; goes back now and then. */
export class ManualClient extends Client {
  readonly #name: ConsumerInstanceName;
  /** What it has got since it went back last, by partition. */
  readonly #got: readonly Set<number>[];
  readonly #repetitions: Repetitions;
  /** Answers of which something came again, by when they had come. */
  readonly #repeated = new Set<number>();

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
    this.#got = Array.from({ length: options.partitions }, () => new Set<number>());
    this.#repetitions = new Repetitions(options.partitions);
  }

  get repeatedAnswers(): number {
    return this.#repeated.size;
  }

  async run(isOver: () => boolean): Promise<void> {
    const { random } = this.world;
    const timeoutMs = 500;
    await this.#begin();
    while (!isOver()) {
      const answer = await this.call(this.#name, { kind: 'read', timeoutMs });
      if (answer !== undefined && isLost(answer)) await this.#begin();
      else if (answer !== undefined) this.#take(answer.records);
      if (random.chance(0.15)) await this.call(this.#name, { kind: 'commit' });
      if (this.options.seeks && random.chance(0.05)) await this.#goBack();
      await this.think();
    }
  }

  async #begin(): Promise<void> {
    const { autoCommit, partitions } = this.options;
    await this.call(this.#name, { kind: 'create', autoCommit });
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    await this.call(this.#name, { kind: 'assign', partitions: all });
  }

  async #goBack(): Promise<void> {
    const { random, scheduler } = this.world;
    const partition = random.int(0, this.options.partitions - 1);
    const got = this.#got[partition] ?? new Set();
    const offset = random.int(0, got.size);
    const startedAt = scheduler.now;
    const answer = await this.call(this.#name, { kind: 'seek', to: [{ partition, offset }] });
    if (answer?.status !== 204) return;
    // Without the store nobody else can know of it; and an owner that was replaced because it could not be reached may
    // read on for a moment.
    const since = startedAt - aftermathMs;
    if (this.weather.wasBad('store', since) || this.weather.wasBad('replicas', since)) return;
    for (const one of got) if (one >= offset) got.delete(one);
    this.#repetitions.forget(partition, offset);
  }

  /** Nothing may be skipped; that another replica reads on from further back costs repetitions only. */
  #take(records: readonly Place[]): void {
    const { history, scheduler } = this.world;
    const group = history.group(this.#name.group);
    for (const answer of this.#repetitions.take(records, scheduler.now)) this.#repeated.add(answer);
    for (const { offset, partition } of records) {
      const got = this.#got[partition] ?? new Set();
      for (let before = offset - 1; before >= 0 && !got.has(before); before--) {
        if (group.isExcused({ partition, offset: before })) continue;
        history.violation(`${this.id} got ${partition}@${offset} and not ${partition}@${before}`);
        break;
      }
      got.add(offset);
    }
  }
}
