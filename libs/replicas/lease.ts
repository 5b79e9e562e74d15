import { Logger } from '@nestjs/common';
import type { Clock } from '#libs/consumers/clock.ts';
import type { InstanceStore } from './instance-store.ts';
import { layoutVersion, type LiveReplica, type Replica } from './placement.ts';
import type { ReplicaEvents } from './replica-events.ts';
import type { ReplicaSettings } from './replica-settings.ts';
import { StoreUnavailableError } from './store-unavailable.error.ts';

/** What a lease tells its owner. */
export interface LeaseListener {
  /**
   * The lease had ended, or the store has forgotten it. There is a new one, and a new incarnation with it; it is not
   * valid before this returns. Others may have taken over what is held here.
   */
  renewedAnew(): void;
  /** The lease was renewed, and who else is there is known. */
  renewed(): void;
}

/**
 * The sign of life of this process, and what it knows of the others'.
 *
 * One lease a replica, however many instances it holds. Whether it is valid is told by the own monotonic clock, from
 * before the store was asked: nobody else can believe that it has ended while it is valid here.
 */
export class Lease {
  readonly #logger = new Logger('Replicas');
  readonly #formerly: string[] = [];
  #incarnation: string;
  #isWritten = false;
  /** The listener knows of this incarnation. */
  #isTold = true;
  #validUntil = -Infinity;
  #live: readonly LiveReplica[] = [];
  #dead: readonly string[] = [];
  #anewAt = -Infinity;
  #storeClock: { readonly timeMs: number; readonly at: number } | undefined;
  /** By address, until the store has often enough not named them. While it is away nobody is forgotten. */
  readonly #seen = new Map<string, { readonly replica: LiveReplica; readonly misses: number }>();
  #isDraining = false;
  #hasEnded = false;
  #isUp: boolean | undefined;
  #cancel: (() => void) | undefined;
  #renewing: Promise<void> | undefined;

  constructor(
    private readonly store: InstanceStore,
    private readonly clock: Clock,
    private readonly settings: ReplicaSettings,
    private readonly events: ReplicaEvents,
    private readonly newIncarnation: () => string,
  ) {
    this.#incarnation = newIncarnation();
  }

  /** This process. */
  get replica(): Replica {
    return { incarnation: this.#incarnation, address: this.settings.address };
  }

  /** What this process was called before. */
  get formerly(): readonly string[] {
    return this.#formerly;
  }

  get isValid(): boolean {
    return this.clock.now() < this.#validUntil;
  }

  /** False when the store did not answer lately; it is asked again all the time. */
  get storeAnswers(): boolean {
    return this.#isUp !== false;
  }

  /** What the calendar of the store shows now, or a little less; undefined when it never answered. */
  get storeTimeMs(): number | undefined {
    const { at, timeMs } = this.#storeClock ?? {};
    return at === undefined || timeMs === undefined ? undefined : timeMs + this.clock.now() - at;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** The other replicas, as they were when the lease was renewed last. */
  get others(): readonly LiveReplica[] {
    return this.#live.filter(({ incarnation }) => incarnation !== this.#incarnation);
  }

  /** Those that may hold something: also some that a store which was emptied has not heard of again. */
  get known(): readonly LiveReplica[] {
    const others = this.others;
    const listed = new Set(others.map(({ address }) => address));
    const seen = [...this.#seen.values()].filter(({ replica }) => !listed.has(replica.address));
    return [...others, ...seen.map(({ replica }) => replica)];
  }

  /** Those that can take instances over. */
  get takers(): readonly LiveReplica[] {
    return this.others.filter(({ draining, version }) => !draining && version >= layoutVersion);
  }

  /** Whether the store did not have our lease a short time ago: with it, perhaps, all that it knew was lost. */
  get wasForgotten(): boolean {
    return this.clock.now() - this.#anewAt < knownLeases * this.settings.leaseMs;
  }

  /**
   * Whether our own lease had ended a short time ago. What has made it end may have ended those of others, who are well:
   * that one of them is missing means nothing yet.
   */
  get isDoubtful(): boolean {
    return !this.isValid || this.clock.now() - this.#anewAt < this.settings.leaseMs;
  }

  /** Replicas whose lease has ended, and that were not buried yet. */
  get dead(): readonly string[] {
    return this.#dead;
  }

  /** Writes the lease and keeps renewing it. Resolves after the first try; never rejects. */
  async start(listener: LeaseListener): Promise<void> {
    await this.#renewOnce(listener);
    this.#schedule(listener);
  }

  /** Tells the others that nothing is to be handed to this one any more. Never rejects. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#renewing;
    await this.#try(() => this.#write(false));
  }

  /** Gives the lease back: what is still owned can be adopted at once. Never rejects. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#cancel?.();
    await this.#renewing;
    this.#validUntil = -Infinity;
    if (this.#isWritten) await this.#try(() => this.store.withdraw(this.#incarnation));
  }

  #schedule(listener: LeaseListener): void {
    if (this.#hasEnded) return;
    this.#cancel = this.clock.after(this.#isUp === true ? this.settings.renewMs : retryMs, () => {
      this.#renewing = this.#renewOnce(listener);
      void this.#renewing.then(() => this.#schedule(listener));
    });
  }

  async #renewOnce(listener: LeaseListener): Promise<void> {
    const startedAt = this.clock.now();
    await this.#try(async () => {
      if ((await this.#write(!this.#isWritten)) === 'lost') {
        this.#beginAnew();
        await this.#write(true);
      }
      this.#isWritten = true;
      if (!this.#isTold) listener.renewedAnew();
      this.#isTold = true;
      this.#validUntil = startedAt + this.settings.leaseMs;
      this.events.renewed();
      const { dead, live, timeMs } = await this.store.replicas();
      this.#storeClock = { timeMs, at: this.clock.now() };
      this.#live = live;
      this.#remember(live);
      this.#dead = dead.filter((incarnation) => incarnation !== this.#incarnation);
      listener.renewed();
    });
  }

  #remember(live: readonly LiveReplica[]): void {
    const most = (knownLeases * this.settings.leaseMs) / this.settings.renewMs;
    for (const [address, { misses, replica }] of this.#seen) {
      if (misses >= most) this.#seen.delete(address);
      else this.#seen.set(address, { replica, misses: misses + 1 });
    }
    for (const replica of live)
      if (replica.address !== this.settings.address) this.#seen.set(replica.address, { replica, misses: 0 });
  }

  #write(isNew: boolean): Promise<'kept' | 'lost'> {
    return this.store.renew(this.#asLive(), this.settings.leaseMs, isNew);
  }

  /** The old name may be taken for dead by now. */
  #beginAnew(): void {
    this.#anewAt = this.clock.now();
    this.#validUntil = -Infinity;
    this.#isWritten = false;
    this.#isTold = false;
    this.#logger.warn('The lease of this replica was lost; it goes on under a new one');
    this.#formerly.push(this.#incarnation);
    if (this.#formerly.length > mostFormer) this.#formerly.shift();
    this.#incarnation = this.newIncarnation();
    this.events.fenced('lease');
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#isNow(true);
    } catch (error) {
      // A fault of ours must not end the renewals.
      if (!(error instanceof StoreUnavailableError)) this.#logger.error({ err: error }, 'The lease failed');
      this.#isNow(false, error);
    }
  }

  #isNow(up: boolean, error?: unknown): void {
    this.events.storeIsUp(up);
    if (this.#isUp === up) return;
    if (!up) {
      this.#logger.warn(
        `The store of consumer instances cannot be reached: ${error instanceof Error ? error.message : ''}. Instances that are held here are served; new ones are refused.`,
      );
    } else if (this.#isUp === false) {
      this.#logger.log('The store of consumer instances can be reached again');
    }
    this.#isUp = up;
  }

  #asLive(): LiveReplica {
    return { ...this.replica, version: layoutVersion, draining: this.#isDraining };
  }
}

const retryMs = 500;
/** For so many leases a replica is remembered that the store does not know any more. */
const knownLeases = 2;
const mostFormer = 100;
