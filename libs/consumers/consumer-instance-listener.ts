/** What an instance tells its owner. */
export interface ConsumerInstanceListener<Instance> {
  /** Subscription or confirmed positions are others now. */
  changed(instance: Instance): void;
  /** The same, and resolves when whoever may go on with the instance knows of it. Never rejects. */
  persist(instance: Instance): Promise<void>;
  /** The same, and drops the instance when another process has gone on with it. Never rejects. */
  verify(instance: Instance): Promise<void>;
  /** Somebody else has joined as this member: the instance is of no use any more. */
  fenced(instance: Instance): void;
  commitFailed(instance: Instance, error: unknown): void;
}
