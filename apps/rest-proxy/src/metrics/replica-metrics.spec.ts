import { describe, expect, it } from 'vitest';
import { configOf } from '../../../../test/support/config-of.ts';
import { parseExposition } from '../../../../test/support/exposition.ts';
import { ServerState } from '../http/server-state.ts';
import { Metrics } from './metrics.ts';
import { ReplicaMetrics } from './replica-metrics.ts';

function replica() {
  const metrics = new Metrics();
  const { http, api, logging } = configOf({});
  const state = new ServerState(http, api, logging);
  const events = new ReplicaMetrics(metrics, state);
  /** Values by name, and by label where there is one. */
  const values = async (): Promise<Readonly<Record<string, number>>> => {
    const exposed = [...parseExposition(await metrics.text()).values()].flatMap(({ samples }) => samples);
    return Object.fromEntries(
      exposed.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
    );
  };
  return { events, state, values };
}

describe('ReplicaMetrics', () => {
  it('counts ways and fences, all of them from the start', async () => {
    const { events, values } = replica();
    events.routed('forward');
    events.routed('forward');
    events.routed('miss');
    events.fenced('lease');

    expect(await values()).toMatchObject({
      'krest_route_total local': 0,
      'krest_route_total forward': 2,
      'krest_route_total adopt': 0,
      'krest_route_total steal': 0,
      'krest_route_total miss': 1,
      'krest_fenced_total kafka': 0,
      'krest_fenced_total redis': 0,
      'krest_fenced_total lease': 1,
    });
  });

  it('takes milliseconds and tells seconds', async () => {
    const { events, values } = replica();
    events.forwarded(250);
    events.adopted(1_500);
    events.adopted(500);

    expect(await values()).toMatchObject({
      krest_forward_duration_seconds_sum: 0.25,
      'krest_forward_duration_seconds_bucket 0.1': 0,
      'krest_forward_duration_seconds_bucket 0.25': 1,
      krest_adopt_duration_seconds_sum: 2,
      krest_adopt_duration_seconds_count: 2,
    });
  });

  it('tells whether Redis answers once that is known', async () => {
    const { events, values } = replica();
    expect(await values()).not.toHaveProperty('krest_redis_up');

    events.storeIsUp(true);
    expect(await values()).toHaveProperty('krest_redis_up', 1);
    events.storeIsUp(false);
    expect(await values()).toHaveProperty('krest_redis_up', 0);
  });

  it('tells the age of the lease once there is one', async () => {
    const { events, values } = replica();
    expect(await values()).not.toHaveProperty('krest_lease_age_seconds');

    events.renewed();
    const { krest_lease_age_seconds: age } = await values();
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(10);
  });

  it('tells how long the shutdown takes while it takes, and then how long it took', async () => {
    const { events, state, values } = replica();
    expect(await values()).not.toHaveProperty('krest_drain_duration_seconds');

    state.drain();
    const { krest_drain_duration_seconds: meanwhile } = await values();
    expect(meanwhile).toBeGreaterThan(0);
    expect(meanwhile).toBeLessThan(10);

    events.drained(12_345);
    expect(await values()).toHaveProperty('krest_drain_duration_seconds', 12.345);
  });
});
