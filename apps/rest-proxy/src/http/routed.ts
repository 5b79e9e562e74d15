/** What becomes of an answer that is written to a client elsewhere. */
export interface AnswerFate {
  /** @param stillHas asked before somebody goes on: whether the connection has not broken since */
  confirm(stillHas?: () => Promise<boolean>): void;
  abandon(): void;
  hold(ms: number): void;
}

/** Whoever can have a request answered by another process, or answers one for another process. */
export interface Routed {
  /**
   * A controller has failed and nothing was answered.
   *
   * @returns true when somebody else answers now
   */
  passOn(error: unknown): boolean;
  /** Only where another process has the client's connection: that one reports what becomes of the answer. */
  readonly entrust?: (fate: AnswerFate) => void;
}
