import { beforeEach, describe, expect, it } from 'vitest';
import { c1, renewMs, ReplicaWorld, type WorldReplica } from '../../test/support/replica-world.ts';

/** Everything that is held here has had its turn by then. */
const roundMs = 3 * renewMs;

describe('HeldCheck', () => {
  let world: ReplicaWorld;
  let a: WorldReplica;
  let b: WorldReplica;

  beforeEach(async () => {
    world = new ReplicaWorld();
    const replicas = await world.startAll('a', 'b');
    [a, b] = replicas as [WorldReplica, WorldReplica];
  });

  const assigned = async (replica: WorldReplica, id?: string): Promise<void> => {
    const instance = await replica.create(id);
    await instance.assign([{ topic: 't1', partition: 0 }]);
  };

  it('drops what has another owner, though nobody asks for it', async () => {
    await assigned(a);
    await b.node.router.takeOver(c1, a.instances.epochOf(c1) ?? 0);
    expect([a.holds(), b.holds()]).toEqual([true, true]);
    await world.clock.advance(roundMs);

    expect([a.holds(), b.holds()]).toEqual([false, true]);
    expect(a.events.fences).toEqual(['redis']);
  });

  it('drops what was removed', async () => {
    await assigned(a);
    await world.store.remove(c1, a.instances.epochOf(c1) ?? 0, b.lease.replica, 'r1');
    await world.clock.advance(roundMs);

    expect(a.holds()).toBe(false);
  });

  it('writes again what the store has lost', async () => {
    await assigned(a);
    const live = [a, b].map(({ lease }) => ({ ...lease.replica, version: 1, draining: false }));
    world.store.flush();
    for (const one of live) await world.store.renew(one, 10_000, true);
    await world.clock.advance(roundMs);

    expect(await world.store.look(c1)).toMatchObject({ outcome: 'found', placement: { incarnation: 'a-1' } });
  });

  it('asks about no more than some at a time, and about all of them in the end', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `c${index + 1}`);
    for (const id of ids) await a.create(id);
    const before = a.store.count('look');
    await world.clock.advance(roundMs);
    const first = a.store.count('look') - before;
    await world.clock.advance(roundMs);

    expect(first).toBe(300);
    expect(a.store.count('look') - before).toBe(450);
    expect(a.store.most).toBeLessThanOrEqual(10);
  });

  it('leaves members to Kafka', async () => {
    const instance = await a.create();
    await instance.subscribe(['t1']);
    const before = a.store.count('look');
    await world.clock.advance(2 * roundMs);

    expect(a.store.count('look')).toBe(before);
  });
});
