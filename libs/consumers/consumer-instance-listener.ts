/** What an instance tells its owner. */
export interface ConsumerInstanceListener<Instance> {
  /** Subscription or confirmed positions are others now. */
  changed(instance: Instance): void;
  /**
   * The same, and resolves when whoever may go on with the instance knows of it. Drops it when somebody has gone on with
   * it already. Never rejects.
   */
  persist(instance: Instance): Promise<void>;
  /** As `ConsumerRegistry.saving`. */
  saving(instance: Instance, since: number): Promise<void> | undefined;
  /** Somebody else has joined as this member: the instance is of no use any more. */
  fenced(instance: Instance): void;
  commitFailed(instance: Instance, error: unknown): void;
}
