import type { Placement } from './placement.ts';

/** What became of a request that was forwarded. */
export type ForwardOutcome =
  /** Answered, or past the point where another try could be made. */
  | { readonly outcome: 'done' }
  /** That replica does not hold the instance; it may know who does. Nothing was done there. */
  | { readonly outcome: 'not-owner'; readonly holder: Placement | undefined }
  /** No connection could be made. */
  | { readonly outcome: 'unreachable' }
  /** Nothing was heard for too long, or the connection broke, before an answer began. It may have been done there. */
  | { readonly outcome: 'broken'; readonly silent: boolean };

/** One request of a consumer instance, on its way: whoever brought it can have it served here or elsewhere. */
export interface Serving {
  /**
   * Serves it on this replica.
   *
   * @returns `moved` when the instance turned out to be another replica's now and nothing was answered
   */
  here(): Promise<'done' | 'moved'>;
  forward(to: Placement): Promise<ForwardOutcome>;
  /** The client is gone. Asked for each time; nobody listens to it. */
  readonly signal: Pick<AbortSignal, 'aborted'>;
}
