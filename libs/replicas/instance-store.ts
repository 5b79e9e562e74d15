import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { LiveReplica, Placement, Replica } from './placement.ts';

/** So long a deleted instance is remembered. */
export const tombstoneMs = 60_000;

/** Of one name so many requests that have removed it are remembered at a time. */
export const rememberedRemovals = 16;

/** Epochs count milliseconds of the store's calendar, so many to each: an instance is taken over so often, and more. */
export const epochsPerMs = 1024;

/** The field of an instance with the id of the request that made it. */
export const requestField = 'request';

/** However often an instance is taken over, within reason: what has the name after it begins above this epoch. */
export function lastEpochOf(epoch: number): number {
  return epoch - (epoch % epochsPerMs) + epochsPerMs - 1;
}

/** What is kept of an instance besides its placement; names and texts as instance-fields.ts makes them. */
export type InstanceFields = ReadonlyMap<string, string>;

export interface FieldsPatch {
  readonly set: InstanceFields;
  readonly drop: readonly string[];
}

export type CreateOutcome =
  | { readonly outcome: 'created'; readonly epoch: number }
  /** `requestId` of the request that made it. */
  | { readonly outcome: 'exists'; readonly requestId: string | undefined; readonly placement: Placement };

export type LookOutcome =
  | { readonly outcome: 'found'; readonly placement: Placement }
  /** It was deleted less than a minute ago; what is older than this epoch is not to come back. */
  | { readonly outcome: 'removed'; readonly epoch: number }
  | { readonly outcome: 'missing' };

export type AdoptOutcome =
  /** It is ours, at this epoch. */
  | {
      readonly outcome: 'adopted';
      readonly epoch: number;
      readonly fields: InstanceFields;
      /** What was left of its time to live. */
      readonly remainingMs: number;
    }
  /** The epoch is another one: somebody else was faster. */
  | { readonly outcome: 'moved'; readonly placement: Placement }
  /** A newer version of the proxy has written it. */
  | { readonly outcome: 'too-new'; readonly version: number }
  | { readonly outcome: 'missing' };

export interface KnownReplicas {
  /** With a lease. */
  readonly live: readonly LiveReplica[];
  /** Without one, and not buried yet. */
  readonly dead: readonly string[];
  /** What the calendar of the store shows, by which it makes epochs. */
  readonly timeMs: number;
}

/** `fenced`: it has another epoch or owner. */
export type SaveOutcome = 'saved' | 'fenced' | 'missing';
export type RestoreOutcome = 'restored' | 'fenced' | 'removed';

/**
 * What the replicas share. It serves liveness and routing, never safety: writes that it has confirmed may be lost, and
 * all of it may be gone at any time.
 *
 * Every change of one instance is one compare-and-set on its epoch. Everything rejects with StoreUnavailableError when
 * the store does not answer in time; the change may have been made then.
 */
export abstract class InstanceStore {
  /**
   * Makes an instance of that name, if there is none. The epoch is later than that of every instance that had the name,
   * and later than the epochs of instances that the store has forgotten.
   *
   * @param fields `requestField` among them, when a retry is to find the instance
   */
  abstract create(
    name: ConsumerInstanceName,
    owner: Replica,
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<CreateOutcome>;

  abstract look(name: ConsumerInstanceName): Promise<LookOutcome>;

  /**
   * Makes `owner` the owner and raises the epoch by one, if the epoch is the expected one. That is no use of the
   * instance: it expires when it would have.
   *
   * @param leastMs but not sooner than that
   */
  abstract adopt(
    name: ConsumerInstanceName,
    expectedEpoch: number,
    owner: Replica,
    leastMs: number,
  ): Promise<AdoptOutcome>;

  /**
   * Changes fields and puts the expiry off.
   *
   * @param owner incarnation under which the instance is known there: a store that loses what it has confirmed may give
   * the same epoch to two owners
   */
  abstract save(
    name: ConsumerInstanceName,
    epoch: number,
    owner: string,
    patch: FieldsPatch,
    ttlMs: number,
  ): Promise<SaveOutcome>;

  /**
   * Writes an instance anew that the store may have forgotten. The epoch stays.
   *
   * Refused as fenced when the store has a higher epoch, or the same one with an owner that is not among `formerly`;
   * and as removed after a delete.
   *
   * @param formerly incarnations of this very process
   */
  abstract restore(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    formerly: readonly string[],
    fields: InstanceFields,
    ttlMs: number,
  ): Promise<RestoreOutcome>;

  /** Forgets the instance and leaves a mark for a minute, with the request that asked for it, if one did. */
  abstract remove(
    name: ConsumerInstanceName,
    epoch: number,
    owner: Replica,
    requestId: string | undefined,
  ): Promise<SaveOutcome>;

  /** Whether this request has removed an instance of that name less than a minute ago; there may be a new one. */
  abstract removedBy(name: ConsumerInstanceName, requestId: string): Promise<boolean>;

  /** Writes or renews a lease. @returns `lost` when it is there no more; nothing is written then unless `isNew` */
  abstract renew(replica: LiveReplica, leaseMs: number, isNew: boolean): Promise<'kept' | 'lost'>;

  /** Ends a lease. What the replica still owns can be adopted at once. */
  abstract withdraw(incarnation: string): Promise<void>;

  /** Whether the replica has a lease now. */
  abstract isAlive(incarnation: string): Promise<boolean>;

  abstract replicas(): Promise<KnownReplicas>;

  /** Names of instances that a replica may own: at least all that it does own, unless the store has forgotten. */
  abstract ownedBy(incarnation: string): Promise<readonly ConsumerInstanceName[]>;

  /** The replica is dead, and nothing that it owned is left. */
  abstract bury(incarnation: string): Promise<void>;
}
