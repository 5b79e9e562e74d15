import { ReplicaEvents } from '#libs/replicas/replica-events.ts';

/** Nobody looks at metrics here. */
export class SilentEvents extends ReplicaEvents {
  override routed(): void {}
  override forwarded(): void {}
  override adopted(): void {}
  override fenced(): void {}
  override renewed(): void {}
  override storeIsUp(): void {}
  override drained(): void {}
}
