import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Placement } from './placement.ts';
import type { Serving } from './serving.ts';

/** Brings every request of a consumer instance to the replica that holds it, or the instance to the request. */
export abstract class ReplicaRouter {
  /**
   * Serves a client's request: here, by the owner, or here after taking the instance over.
   *
   * Resolves when it was answered, or when nobody waits for an answer any more.
   *
   * @throws {RestError} 503 with Retry-After when nobody can tell where the instance is
   */
  abstract serve(name: ConsumerInstanceName, serving: Serving): Promise<void>;

  /**
   * Serves a request that another replica has forwarded.
   *
   * @param epoch as the other replica knows it
   * @returns `not-owner` when nothing was done: the instance is elsewhere
   */
  abstract serveForwarded(
    name: ConsumerInstanceName,
    epoch: number,
    here: () => Promise<'done' | 'moved'>,
  ): Promise<
    { readonly outcome: 'done' } | { readonly outcome: 'not-owner'; readonly holder: Placement | undefined }
  >;

  /** What a peer asks: whether the instance is held here. */
  abstract held(name: ConsumerInstanceName): Placement | undefined;

  /** What a peer asks: takes over an instance that has this epoch. @returns undefined when that cannot be */
  abstract takeOver(name: ConsumerInstanceName, epoch: number): Promise<Placement | undefined>;
}
