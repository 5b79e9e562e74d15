import { restErrors } from '#libs/errors/rest-errors.ts';
import type { ConsumersSettings } from './consumers-settings.ts';

const retryAfterSeconds = 10;

/** How many instances there are, and whether there may be more. */
export class InstanceRoom {
  #count = 0;
  readonly #countOfGroup = new Map<string, number>();

  constructor(private readonly settings: Pick<ConsumersSettings, 'maxInstances' | 'maxInstancesPerGroup'>) {}

  get taken(): number {
    return this.#count;
  }

  /** @throws {RestError} 429 when there is room for none more */
  require(group: string): void {
    const { maxInstances, maxInstancesPerGroup } = this.settings;
    const full =
      this.#count >= maxInstances
        ? `There are ${maxInstances} consumer instances already, and no more are allowed.`
        : (this.#countOfGroup.get(group) ?? 0) >= maxInstancesPerGroup
          ? `There are ${maxInstancesPerGroup} instances of this consumer group already, and no more are allowed.`
          : undefined;
    if (full !== undefined) throw restErrors.tooManyInstances(full, { retryAfterSeconds });
  }

  take(group: string): void {
    this.#count += 1;
    this.#countOfGroup.set(group, (this.#countOfGroup.get(group) ?? 0) + 1);
  }

  giveBack(group: string): void {
    this.#count -= 1;
    const ofGroup = (this.#countOfGroup.get(group) ?? 0) - 1;
    if (ofGroup === 0) this.#countOfGroup.delete(group);
    else this.#countOfGroup.set(group, ofGroup);
  }
}
