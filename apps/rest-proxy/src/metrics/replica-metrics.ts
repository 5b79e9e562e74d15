import { Injectable } from '@nestjs/common';
import { ReplicaEvents, type FencedBy, type RouteKind } from '#libs/replicas/replica-events.ts';
import { Distribution, durationBounds } from '#libs/tally/distribution.ts';
import { ServerState } from '../http/server-state.ts';
import { Metrics, type Sample } from './metrics.ts';

/** What happens between replicas. */
@Injectable()
export class ReplicaMetrics extends ReplicaEvents {
  readonly #routed: Record<RouteKind, number> = { local: 0, forward: 0, adopt: 0, steal: 0, miss: 0 };
  readonly #fenced: Record<FencedBy, number> = { kafka: 0, redis: 0, lease: 0 };
  readonly #forwards = new Distribution(durationBounds);
  readonly #adoptions = new Distribution(durationBounds);
  #renewedAt: number | undefined;
  #storeIsUp: boolean | undefined;
  #drainingSince: number | undefined;
  #drainedAfterMs: number | undefined;

  constructor(metrics: Metrics, { stopping }: ServerState) {
    super();
    stopping.addEventListener('abort', () => (this.#drainingSince = performance.now()), { once: true });
    metrics.counter('krest_route_total', () => byLabel('kind', this.#routed));
    metrics.counter('krest_fenced_total', () => byLabel('by', this.#fenced));
    metrics.histogram('krest_forward_duration_seconds', () => [{ labels: {}, distribution: this.#forwards }]);
    metrics.histogram('krest_adopt_duration_seconds', () => [{ labels: {}, distribution: this.#adoptions }]);
    metrics.gauge('krest_lease_age_seconds', () => seconds(since(this.#renewedAt)));
    metrics.gauge('krest_redis_up', () => known(this.#storeIsUp, Number));
    metrics.gauge('krest_drain_duration_seconds', () =>
      seconds(this.#drainedAfterMs ?? since(this.#drainingSince)),
    );
  }

  override routed(kind: RouteKind): void {
    this.#routed[kind]++;
  }

  override forwarded(ms: number): void {
    this.#forwards.observe(ms / 1000);
  }

  override adopted(ms: number): void {
    this.#adoptions.observe(ms / 1000);
  }

  override fenced(by: FencedBy): void {
    this.#fenced[by]++;
  }

  override renewed(): void {
    this.#renewedAt = performance.now();
  }

  override storeIsUp(up: boolean): void {
    this.#storeIsUp = up;
  }

  override drained(ms: number): void {
    this.#drainedAfterMs = ms;
  }
}

const since = (start: number | undefined): number | undefined =>
  start === undefined ? undefined : performance.now() - start;

/** No sample of what is not known. */
function known<T>(value: T | undefined, numberOf: (value: T) => number): readonly Sample[] {
  return value === undefined ? [] : [{ value: numberOf(value) }];
}

const seconds = (ms: number | undefined): readonly Sample[] => known(ms, (value) => value / 1000);

function byLabel(label: string, counts: Readonly<Record<string, number>>): readonly Sample[] {
  return Object.entries(counts).map(([value, count]) => ({ labels: { [label]: value }, value: count }));
}
