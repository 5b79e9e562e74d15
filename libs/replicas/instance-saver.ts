import type { Clock } from '#libs/consumers/clock.ts';
import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import type { ConsumerInstanceState } from '#libs/consumers/consumer-registry.ts';
import { patchOf, toFields } from './instance-fields.ts';
import type { InstanceFields, InstanceStore, SaveOutcome } from './instance-store.ts';
import type { Lease } from './lease.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';
import { within } from './within.ts';

/** What the savers of all instances share. */
export interface SaverParts {
  readonly store: InstanceStore;
  readonly lease: Lease;
  readonly clock: Clock;
  /** An instance is forgotten by the store so long after it was saved last. */
  readonly ttlMs: number;
  /** Being used is written no more often than this. */
  readonly touchMs: number;
}

/** After a failure the store is left alone for so long. */
const retryMs = 500;
/** Whoever waits for a save waits no longer. */
const persistMs = 1_000;

/**
 * Keeps what the store knows of one instance true: one request at a time, and only what has changed.
 *
 * A store that has forgotten the instance gets all of it again.
 */
export class InstanceSaver {
  /** What the store has; undefined when that is unknown. */
  #saved: InstanceFields | undefined;
  #savedAt: number;
  #state: (() => ConsumerInstanceState) | undefined;
  #isRunning = false;
  #isPaused = false;
  #hasStopped = false;
  #waiting: (() => void)[] = [];

  /** @param lost the store says that it is another's now; called once, the saver has stopped then */
  constructor(
    private readonly parts: SaverParts,
    private readonly options: ConsumerInstanceOptions,
    readonly epoch: number,
    saved: InstanceFields,
    private readonly lost: () => void,
  ) {
    this.#saved = saved;
    this.#savedAt = parts.clock.now();
  }

  /** The state is read when it is written. */
  changed(state: () => ConsumerInstanceState): void {
    this.#state = state;
    if (!this.#isRunning && !this.#isPaused && !this.#hasStopped) void this.#run();
  }

  /** Resolves when the state as it is now, or a later one, is written; or when that takes too long. */
  async persist(state: () => ConsumerInstanceState): Promise<void> {
    if (this.#hasStopped) return;
    const { clock } = this.parts;
    const done = new Promise<void>((resolve) => void this.#waiting.push(resolve));
    this.changed(state);
    await within(clock, persistMs, done);
  }

  /** Writes all of it, whatever the store may have. */
  restore(state: () => ConsumerInstanceState): void {
    this.#saved = undefined;
    this.changed(state);
  }

  stop(): void {
    this.#hasStopped = true;
    this.#state = undefined;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let state = this.#take(); state !== undefined; state = this.#take()) {
        const told = this.#waiting;
        this.#waiting = [];
        if (!(await this.#write(state))) {
          this.#state ??= state;
          this.#waiting.push(...told);
        } else for (const tell of told) tell();
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#pause();
    } finally {
      this.#isRunning = false;
    }
  }

  #take(): (() => ConsumerInstanceState) | undefined {
    const state = this.#state;
    this.#state = undefined;
    return this.#hasStopped ? undefined : state;
  }

  /** @returns false when it has to be written again */
  async #write(state: () => ConsumerInstanceState): Promise<boolean> {
    const { clock, touchMs } = this.parts;
    const fields = toFields(this.options, state());
    const before = this.#saved;
    try {
      const outcome = await (before === undefined
        ? this.#restore(fields)
        : this.#save(before, fields, clock.now() - this.#savedAt >= touchMs));
      if (this.#hasStopped) return true;
      if (outcome === 'fenced') {
        this.stop();
        this.lost();
      } else if (outcome === 'missing') {
        this.#saved = undefined;
        return false;
      } else this.#saved = fields;
      return true;
    } catch (error) {
      // It may have been written, or not.
      this.#saved = undefined;
      this.#state ??= state;
      throw error;
    }
  }

  async #save(before: InstanceFields, fields: InstanceFields, isDue: boolean): Promise<SaveOutcome> {
    const { clock, store, ttlMs } = this.parts;
    const patch = patchOf(before, fields);
    if (patch.set.size === 0 && patch.drop.length === 0 && !isDue) return 'saved';
    this.#savedAt = clock.now();
    return store.save(this.options, this.epoch, patch, ttlMs);
  }

  async #restore(fields: InstanceFields): Promise<'saved' | 'fenced'> {
    const { clock, lease, store, ttlMs } = this.parts;
    this.#savedAt = clock.now();
    const outcome = await store.restore(
      this.options,
      this.epoch,
      lease.replica,
      [...lease.formerly, lease.replica.incarnation],
      fields,
      ttlMs,
    );
    return outcome === 'restored' ? 'saved' : 'fenced';
  }

  #pause(): void {
    this.#isPaused = true;
    this.parts.clock.after(retryMs, () => {
      this.#isPaused = false;
      if (this.#state !== undefined) this.changed(this.#state);
    });
  }
}
