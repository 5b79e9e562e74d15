/** How a request found its consumer instance. */
export type RouteKind = 'local' | 'forward' | 'adopt' | 'steal' | 'miss';

/** Who told a replica that it is no longer the owner of an instance. */
export type FencedBy = 'kafka' | 'redis' | 'lease';

/** What happens between replicas, for whoever counts it. Calls return at once and never throw. */
export abstract class ReplicaEvents {
  /** A request of an instance goes this way; `adopt` and `steal` count once for each take-over. */
  abstract routed(kind: RouteKind): void;
  /** A forwarded request is over for the client. @param ms since it was sent on, the wait of a long poll included */
  abstract forwarded(ms: number): void;
  /** An instance was taken over. @param ms from the decision until it can be served */
  abstract adopted(ms: number): void;
  abstract fenced(by: FencedBy): void;
  /** The lease was renewed now. */
  abstract renewed(): void;
  /** Whether the store answered lately. */
  abstract storeIsUp(up: boolean): void;
  /** All instances were handed over. @param ms since the shutdown began */
  abstract drained(ms: number, instances: number): void;
}
