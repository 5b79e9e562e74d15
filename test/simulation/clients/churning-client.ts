import { aftermathMs } from '../check/check-answer.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Hold, NameRegister } from '../check/name-register.ts';
import type { Weather } from '../check/weather.ts';
import type { Operation } from '../http/operations.ts';
import type { World } from '../world.ts';
import { Client, isLost } from './client.ts';

/** Wants a name that another client wants too; whoever gets it uses it a little and deletes it. */
export class ChurningClient extends Client {
  constructor(
    world: World,
    weather: Weather,
    id: string,
    private readonly name: ConsumerInstanceName,
    private readonly register: NameRegister,
  ) {
    super(world, weather, id);
  }

  async run(isOver: () => boolean): Promise<void> {
    const { scheduler } = this.world;
    while (!isOver()) {
      const startedAt = scheduler.now;
      const hold = this.register.create(startedAt);
      const answer = await this.call(this.name, { kind: 'create', autoCommit: true }, [409]);
      if (answer?.status === 409) this.#judge(this.register.refused(hold), startedAt);
      else if (answer !== undefined) await this.#use(hold);
      await scheduler.sleep(this.world.random.between(20, 500));
    }
  }

  async #use(hold: Hold): Promise<void> {
    const { random, scheduler } = this.world;
    const fault = this.register.created(hold, scheduler.now);
    // A delete that the store has heard of late may have hit the wrong one.
    if (!this.weather.isUnsure(this.name, hold.startedAt - aftermathMs)) this.#judge(fault, Infinity);
    if (random.chance(0.5)) {
      const isThere =
        (await this.#has({ kind: 'subscribe' })) && (await this.#has({ kind: 'read', timeoutMs: 200 }));
      if (!isThere) return this.register.givenUp(hold, scheduler.now);
    }
    await this.think();
    this.register.delete(hold, scheduler.now);
    // Else it may be somewhere where it could not be found.
    if (await this.#has({ kind: 'delete' })) this.register.deleted(hold, scheduler.now);
    if (random.chance(0.5)) await this.#probe();
  }

  /**
   * Whoever has had the name before may send its delete again, because no answer came: that means nobody else.
   *
   * @returns whether the instance was there for that
   */
  async #has(operation: Operation): Promise<boolean> {
    const { scheduler } = this.world;
    const startedAt = scheduler.now;
    const answer = await this.call(this.name, operation, [404, 409]);
    if (answer === undefined || !isLost(answer)) return true;
    this.#judge('is not there', startedAt, answer.error);
    return false;
  }

  /** A deleted instance answers nothing any more. */
  async #probe(): Promise<void> {
    const { random, scheduler } = this.world;
    await scheduler.sleep(random.between(0.1, 300));
    const since = scheduler.now;
    const answer = await this.call(this.name, { kind: 'commit' }, [200, 404]);
    if (answer?.status === 200) this.#judge(this.register.seen(since), since, '', true);
  }

  /** @param since what the store has not heard of from then on is no fault: it is done late, or undone late */
  #judge(fault: string | undefined, since: number, error = '', isOfOldOwner = false): void {
    const { history } = this.world;
    if (fault === undefined || this.weather.isCatastrophe) return;
    if (this.weather.wasBad('store', since - aftermathMs)) return;
    // An owner that another replica could not reach learns late that it was replaced.
    if (isOfOldOwner && this.weather.wasBad('replicas', since - aftermathMs)) return;
    if (this.weather.isUnsure(this.name, since - aftermathMs)) return;
    history.violation(`${this.name.id} ${fault} (${this.id}) ${error}`);
  }
}
