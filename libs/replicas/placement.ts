/** A replica: one start of one process. */
export interface Replica {
  /** New at every start and after every lost lease. */
  readonly incarnation: string;
  /** URL of its internal listener, e.g. `http://10.1.2.3:8083`. */
  readonly address: string;
}

/** Which replica holds an instance, as the store or a peer said. */
export interface Placement extends Replica {
  /** Rises with every owner; the higher one is right. */
  readonly epoch: number;
}

/** The layout of what the store keeps; rises when an older replica could not read it any more. */
export const layoutVersion = 1;

/** A replica as its lease tells of it. */
export interface LiveReplica extends Replica {
  readonly version: number;
  /** It is shutting down and takes nothing over. */
  readonly draining: boolean;
}
