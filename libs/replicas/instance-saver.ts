import { Logger } from '@nestjs/common';
import type { Clock } from '#libs/consumers/clock.ts';
import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import type { ConsumerInstanceState } from '#libs/consumers/consumer-registry.ts';
import { within } from '#libs/consumers/within.ts';
import { patchOf, toFields } from './instance-fields.ts';
import { requestField, type InstanceFields, type InstanceStore, type SaveOutcome } from './instance-store.ts';
import type { Lease } from './lease.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';

/** What the savers of all instances share. */
export interface SaverParts {
  readonly store: InstanceStore;
  readonly lease: Pick<Lease, 'formerly' | 'replica' | 'storeAnswers'>;
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
/** Nor whoever could do without: longer than a store takes that is well, and short for a client. */
const savingMs = 250;

/**
 * Keeps what the store knows of one instance true: one request at a time, and only what has changed.
 *
 * A store that has forgotten the instance gets all of it again.
 */
export class InstanceSaver {
  readonly #logger = new Logger('Replicas');
  /** What the store has; undefined when that is unknown. */
  #saved: InstanceFields | undefined;
  #savedAt: number;
  readonly #requestId: string | undefined;
  #state: (() => ConsumerInstanceState) | undefined;
  #isSure = true;
  #mustAsk = false;
  #doubts = 0;
  /** Writes until nothing is left to write, or the store fails; never rejects. */
  #running: Promise<void> | undefined;
  #isPaused = false;
  #hasStopped = false;
  #waiting: (() => void)[] = [];

  /** @param lost the store says that it is another's now; called once, the saver has stopped then */
  constructor(
    private readonly parts: SaverParts,
    private readonly options: ConsumerInstanceOptions,
    readonly epoch: number,
    /** Incarnation of ours that the store knows as the owner. */
    private owner: string,
    saved: InstanceFields,
    private readonly lost: () => void,
  ) {
    this.#saved = saved;
    this.#requestId = saved.get(requestField);
    this.#savedAt = parts.clock.now();
  }

  /** False from `doubt` until the store says that the instance is still ours. */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** The state is read when it is written. */
  changed(state: () => ConsumerInstanceState): void {
    if (this.#hasStopped) return;
    this.#state = state;
    if (this.#running === undefined && !this.#isPaused) this.#running = this.#run();
  }

  /** Nothing has changed but the time at which it was used. */
  used(state: () => ConsumerInstanceState): void {
    if (this.#saved === undefined || this.#isDue) this.changed(state);
  }

  /**
   * Resolves when the state as it is now, or a later one, is written; or when that takes too long. The store is asked in
   * any case: it alone knows whether the instance is still ours.
   */
  async persist(state: () => ConsumerInstanceState): Promise<void> {
    if (this.#hasStopped) return;
    this.#mustAsk = true;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    this.changed(state);
    await within(this.parts.clock, persistMs, done);
    const at = this.#waiting.indexOf(resolve);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /**
   * What is being written now: resolves when it is, or when the store takes too long. undefined when there is nothing,
   * and when the store is known to take long.
   *
   * @param since when the store was told nothing since then, it is asked whether the instance is still ours
   */
  saving(since: number, state: () => ConsumerInstanceState): Promise<void> | undefined {
    const { clock, lease } = this.parts;
    if (!lease.storeAnswers) return undefined;
    if (this.#running === undefined && this.#savedAt < since) {
      this.#mustAsk = true;
      this.changed(state);
    }
    const running = this.#running;
    if (running === undefined) return undefined;
    const leftMs = this.#savedAt + savingMs - clock.now();
    return leftMs <= 0 ? undefined : this.#inTime(running, leftMs);
  }

  /** What the store has may be anything: all of it is to be written again. */
  doubt(): void {
    this.#saved = undefined;
    this.#isSure = false;
    this.#doubts++;
  }

  stop(): void {
    this.#hasStopped = true;
    this.#state = undefined;
    for (const tell of this.#waiting.splice(0)) tell();
  }

  get #isDue(): boolean {
    return this.parts.clock.now() - this.#savedAt >= this.parts.touchMs;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    try {
      for (let state = this.#state; state !== undefined; state = this.#state) await this.#turn(state);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError))
        this.#logger.error({ err: error }, `Consumer instance ${this.options.id} could not be saved`);
      this.#pause();
    } finally {
      this.#running = undefined;
    }
  }

  async #inTime(running: Promise<void>, limitMs: number): Promise<void> {
    const { clock } = this.parts;
    await within(clock, limitMs, running);
    // When it was this process that took long, the answer may be here already.
    if (this.#running === running) await clock.turn();
  }

  async #turn(state: () => ConsumerInstanceState): Promise<void> {
    this.#state = undefined;
    const told = this.#waiting.splice(0);
    let isDone = false;
    try {
      isDone = await this.#write(state);
    } finally {
      if (isDone || this.#hasStopped) for (const tell of told) tell();
      else {
        this.#state ??= state;
        this.#waiting = told.concat(this.#waiting);
      }
    }
  }

  /** @returns false when it has to be written again */
  async #write(state: () => ConsumerInstanceState): Promise<boolean> {
    const now = state();
    const fields = toFields(this.options, now, this.#requestId);
    const ttlMs = this.#ttlOf(now);
    const before = this.#saved;
    const doubts = this.#doubts;
    // Until the answer is there nobody knows what the store has.
    this.#saved = undefined;
    const outcome = await (before === undefined
      ? this.#restore(fields, ttlMs)
      : this.#save(before, fields, ttlMs));
    if (this.#hasStopped) return true;
    if (outcome === 'fenced') {
      this.stop();
      this.lost();
      return true;
    }
    if (outcome === 'missing' || this.#doubts !== doubts) return false;
    this.#saved = fields;
    this.#isSure = true;
    return true;
  }

  async #save(before: InstanceFields, fields: InstanceFields, ttlMs: number): Promise<SaveOutcome> {
    const { clock, store } = this.parts;
    const patch = patchOf(before, fields);
    const isDue = this.#isDue;
    if (patch.set.size === 0 && patch.drop.length === 0 && !isDue && !this.#mustAsk) return 'saved';
    this.#mustAsk = false;
    this.#savedAt = clock.now();
    // A store that changes its servers may forget what it has confirmed: now and then it gets all.
    return store.save(this.options, this.epoch, this.owner, isDue ? { ...patch, set: fields } : patch, ttlMs);
  }

  async #restore(fields: InstanceFields, ttlMs: number): Promise<'saved' | 'fenced'> {
    const { clock, lease, store } = this.parts;
    const { replica } = lease;
    this.#savedAt = clock.now();
    const outcome = await store.restore(
      this.options,
      this.epoch,
      replica,
      [...lease.formerly, lease.replica.incarnation],
      fields,
      ttlMs,
    );
    if (outcome !== 'restored') return 'fenced';
    this.owner = replica.incarnation;
    return 'saved';
  }

  /** To be written is not to be used: it expires when it would have. */
  #ttlOf({ usedAt }: ConsumerInstanceState): number {
    const { clock, ttlMs } = this.parts;
    return usedAt === undefined ? ttlMs : Math.max(1, ttlMs - (clock.now() - usedAt));
  }

  #pause(): void {
    this.#isPaused = true;
    this.parts.clock.after(retryMs, () => {
      // The lease finds out when the store answers again; not everybody has to try.
      if (!this.#hasStopped && !this.parts.lease.storeAnswers) {
        this.#pause();
        return;
      }
      this.#isPaused = false;
      if (this.#state !== undefined) this.changed(this.#state);
    });
  }
}
