import { beforeEach, describe, expect, it } from 'vitest';
import { c1, leaseMs, renewMs, ReplicaWorld, type WorldReplica } from '../../test/support/replica-world.ts';

describe('ReplicatedConsumerRegistry', () => {
  let world: ReplicaWorld;
  let a: WorldReplica;
  let b: WorldReplica;

  beforeEach(async () => {
    world = new ReplicaWorld();
    const replicas = await world.startAll('a', 'b');
    [a, b] = replicas as [WorldReplica, WorldReplica];
  });

  describe('create', () => {
    it('makes one of two that ask for the same name at two replicas', async () => {
      const results = await Promise.allSettled([a.create(), b.create()]);

      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(a.create()).rejects.toMatchObject({ status: 409, errorCode: 40902 });
      await expect(b.create()).rejects.toMatchObject({ status: 409, errorCode: 40902 });
    });

    it('is answered as the first time when the same request comes again, anywhere', async () => {
      await a.create('c1', 'r1');
      await a.instances.create({ ...c1, format: 'json' }, 'r1');
      await b.instances.create({ ...c1, format: 'json' }, 'r1');

      expect([a.holds(), b.holds()]).toEqual([true, false]);
      expect(a.consumers.created).toHaveLength(1);
    });

    it('is refused while the store is away, and without a lease', async () => {
      a.store.fails = 'before';
      await expect(a.create()).rejects.toMatchObject({ status: 503, retryAfterSeconds: 2 });
      await world.clock.advance(leaseMs);
      const looks = a.store.count('look');

      await expect(a.create()).rejects.toMatchObject({ status: 503 });
      expect(a.store.count('look')).toBe(looks);
      expect(a.instances.size).toBe(0);
    });

    it('leaves nothing behind when the answer of the store was lost', async () => {
      a.store.failing = ['create'];
      a.store.fails = 'after';
      await expect(a.create('c1', 'r1')).rejects.toMatchObject({ status: 503 });
      expect(await world.store.look(c1)).toMatchObject({ outcome: 'found' });
      a.store.fails = undefined;
      await world.clock.advance(renewMs);

      expect(await world.store.look(c1)).toEqual({ outcome: 'removed' });
    });

    it.each(['r1', 'r2'])('works at once after the answer of the store was lost: %s', async (requestId) => {
      a.store.failing = ['create'];
      a.store.fails = 'after';
      await expect(a.create('c1', 'r1')).rejects.toMatchObject({ status: 503 });
      a.store.fails = undefined;
      await a.create('c1', requestId);
      await world.clock.advance(renewMs);

      expect(a.holds()).toBe(true);
      expect(await world.store.look(c1)).toMatchObject({ outcome: 'found' });
    });

    it('that another replica repeats keeps what the first one would clean up', async () => {
      a.store.failing = ['create'];
      a.store.fails = 'after';
      await expect(a.create('c1', 'r1')).rejects.toMatchObject({ status: 503 });
      a.store.fails = undefined;
      await b.instances.create({ ...c1, format: 'json' }, 'r1');
      await world.clock.advance(renewMs);

      const { path } = await b.request();
      expect(path).toEqual(['to a-1']);
    });

    it('finds that the name is taken when the store has been emptied', async () => {
      await a.create();
      world.store.flush();

      await expect(b.create()).rejects.toMatchObject({ status: 409 });
    });
  });

  describe('remove', () => {
    it('is known to every replica for a retry of the same request', async () => {
      await a.create();
      await a.instances.delete('g1', 'c1', 'r1');

      await expect(b.instances.delete('g1', 'c1', 'r1')).resolves.toBeUndefined();
      await expect(b.instances.delete('g1', 'c1', 'r2')).rejects.toMatchObject({ errorCode: 40403 });
    });

    it('says that the instance is elsewhere, and closes nothing of it in Kafka', async () => {
      await a.create();
      await b.node.router.takeOver(c1, a.instances.epochOf(c1) ?? 0);

      await expect(a.instances.delete('g1', 'c1', 'r1')).rejects.toMatchObject({ errorCode: 40403 });
      expect(a.consumers.created[0]?.closed).toEqual({ leave: false });
      expect(b.holds()).toBe(true);
      expect(a.instances.size).toBe(0);
    });

    it('is made up for when the store is back', async () => {
      await a.create();
      a.store.fails = 'before';
      await a.instances.delete('g1', 'c1', 'r1');
      expect(a.registry.isRemoved(c1)).toBe(true);
      expect(await a.registry.removedBy(c1, 'r1')).toBe(true);
      a.store.fails = undefined;
      await world.clock.advance(renewMs);

      expect(await world.store.look(c1)).toEqual({ outcome: 'removed' });
      expect(a.registry.isRemoved(c1)).toBe(false);
      expect(await b.registry.removedBy(c1, 'r1')).toBe(true);
    });

    it('is made up for when another replica has taken the instance over meanwhile', async () => {
      await a.create();
      const epoch = a.instances.epochOf(c1) ?? 0;
      a.store.fails = 'before';
      await a.instances.delete('g1', 'c1', 'r1');
      await b.node.router.takeOver(c1, epoch);
      a.store.fails = undefined;
      await world.clock.advance(renewMs);

      expect(await world.store.look(c1)).toEqual({ outcome: 'removed' });
      await expect(b.request((instance) => instance.subscribe(['t1']))).rejects.toMatchObject({
        status: 404,
      });
    });

    it('of what expired here leaves alone what is in use elsewhere', async () => {
      await a.create();
      const epoch = a.instances.epochOf(c1) ?? 0;
      a.store.fails = 'before';
      await a.registry.remove(c1, epoch, undefined);
      a.instances.evict(c1);
      await b.node.router.takeOver(c1, epoch);

      expect(a.registry.isRemoved(c1, epoch)).toBe(true);
      expect(a.registry.isRemoved(c1, epoch + 1)).toBe(false);
      a.store.fails = undefined;
      expect((await a.request()).path).toEqual(['to b-1']);
      await world.clock.advance(renewMs);
      expect((await a.request()).path).toEqual(['to b-1']);
    });
  });

  it('drops what the store says is another one’s', async () => {
    await a.create();
    await world.store.adopt(c1, a.instances.epochOf(c1) ?? 0, b.lease.replica, 1_000);

    await expect(a.instances.find('g1', 'c1').subscribe(['t1'])).rejects.toMatchObject({ errorCode: 40403 });
    expect(a.holds()).toBe(false);
    expect(a.events.fences).toEqual(['redis']);
  });

  it('keeps the time at which an instance was used last', async () => {
    await a.create();
    await world.clock.advance(1_000);
    world.kill(a);
    await world.clock.advance(100_000);
    const { path } = await b.request();
    const idle = world.clock.now() - b.instances.find('g1', 'c1').usedAt;

    expect(path.at(-1)).toBe('b');
    expect(idle).toBe(0);
  });
});
