import { ReplicaEvents, type FencedBy, type RouteKind } from '#libs/replicas/replica-events.ts';

/** Keeps what it is told. */
export class RecordingReplicaEvents extends ReplicaEvents {
  readonly routes: RouteKind[] = [];
  readonly fences: FencedBy[] = [];
  readonly forwards: number[] = [];
  readonly drains: number[] = [];
  storeUp: boolean | undefined;

  routed(kind: RouteKind): void {
    this.routes.push(kind);
  }

  forwarded(ms: number): void {
    this.forwards.push(ms);
  }

  adopted(): void {}

  fenced(by: FencedBy): void {
    this.fences.push(by);
  }

  renewed(): void {}

  storeIsUp(up: boolean): void {
    this.storeUp = up;
  }

  drained(_ms: number, instances: number): void {
    this.drains.push(instances);
  }
}
