import { beforeEach, describe, expect, it } from 'vitest';
import {
  c1,
  instanceTimeoutMs,
  leaseMs,
  renewMs,
  ReplicaWorld,
  type WorldReplica,
} from '../../test/support/replica-world.ts';
import { epochsPerMs } from './instance-store.ts';

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

      expect(await world.store.look(c1)).toMatchObject({ outcome: 'removed' });
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

    it.each(['is not reached', 'does not reach the store'])(
      'that another replica repeats is made there when the first one %s',
      async (why) => {
        a.store.failing = ['create'];
        a.store.fails = 'after';
        await expect(a.create('c1', 'r1')).rejects.toMatchObject({ status: 503 });
        if (why === 'is not reached') world.unreachable.add(a.address);
        a.store.failing = undefined;
        a.store.fails = 'before';
        await b.instances.create({ ...c1, format: 'json' }, 'r1');
        a.store.fails = undefined;
        await world.clock.advance(renewMs);

        expect(b.holds()).toBe(true);
        expect((await b.request((instance) => instance.subscribe(['t1']))).path).toEqual(['b']);
      },
    );

    it('that another replica repeats is made anew when the first one cleans up meanwhile', async () => {
      a.store.failing = ['create'];
      a.store.fails = 'after';
      await expect(a.create('c1', 'r1')).rejects.toMatchObject({ status: 503 });
      a.store.fails = undefined;
      world.unreachable.add(a.address);
      const adopt = b.store.adopt.bind(b.store);
      b.store.adopt = async (...given) => {
        await a.registry.cleanUp();
        return adopt(...given);
      };
      await b.instances.create({ ...c1, format: 'json' }, 'r1');

      expect(b.store.count('create')).toBe(2);
      expect(b.holds()).toBe(true);
      expect(await world.store.look(c1)).toMatchObject({ placement: { incarnation: 'b-1' } });
    });

    it('is answered as the first time also when the store has been emptied meanwhile', async () => {
      const instance = await a.create('c1', 'r1');
      world.store.flush();
      await instance.subscribe(['t1']);

      await expect(b.instances.create({ ...c1, format: 'json' }, 'r1')).resolves.toMatchObject(c1);
      await expect(b.create('c1', 'r2')).rejects.toMatchObject({ status: 409 });
      await b.node.router.takeOver(c1, a.instances.epochOf(c1) ?? 0);
      world.store.flush();
      await world.clock.advance(renewMs);
      await expect(a.instances.create({ ...c1, format: 'json' }, 'r1')).resolves.toMatchObject(c1);
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

    it('that is sent again leaves alone who has got the name since', async () => {
      await a.create();
      await a.instances.delete('g1', 'c1', 'r1');
      await b.create();
      await b.instances.delete('g1', 'c1', 'r1');

      expect(b.holds()).toBe(true);
      await b.instances.delete('g1', 'c1', 'r2');
      expect(b.holds()).toBe(false);
    });

    it('needs no store for what is held here', async () => {
      await a.create();
      a.store.fails = 'before';
      await a.instances.delete('g1', 'c1', 'r1');
      await expect(a.instances.delete('g1', 'c1', 'r2')).rejects.toMatchObject({ status: 503 });

      expect(a.holds()).toBe(false);
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

      expect(await world.store.look(c1)).toMatchObject({ outcome: 'removed' });
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

      expect(await world.store.look(c1)).toMatchObject({ outcome: 'removed' });
      await expect(b.request((instance) => instance.subscribe(['t1']))).rejects.toMatchObject({
        status: 404,
      });
    });

    it('is made up for of what had the name when the client asked, and not of what has got it since', async () => {
      await a.create();
      const first = a.instances.epochOf(c1) ?? 0;
      // Nobody reaches the first one, which knows nothing of it.
      await b.node.router.takeOver(c1, first);
      await b.instances.delete('g1', 'c1', 'r1');
      await world.clock.advance(1_000);
      await b.create();
      const second = b.instances.epochOf(c1) ?? 0;
      await world.clock.advance(1_000);
      a.store.fails = 'before';
      await a.registry.remove(c1, first, 'r2');

      expect(a.registry.isRemoved(c1, second)).toBe(true);
      expect(a.registry.isRemoved(c1, second + 5)).toBe(true);
      expect(a.registry.isRemoved(c1, (1_000_000 + world.clock.now() + 1) * epochsPerMs)).toBe(false);
      a.store.fails = undefined;
      await world.clock.advance(renewMs);
      expect(await world.store.look(c1)).toMatchObject({ outcome: 'removed' });
      expect(await b.registry.removedBy(c1, 'r2')).toBe(true);
    });

    it('is not made up for at the cost of what was made while the store was waited for', async () => {
      await a.create();
      const first = a.instances.epochOf(c1) ?? 0;
      let open = (): void => undefined;
      a.store.gate = new Promise((resolve) => void (open = resolve));
      a.store.fails = 'before';
      const removal = a.registry.remove(c1, first, 'r1');
      await world.clock.advance(1_000);
      open();
      await removal;

      expect(a.registry.isRemoved(c1, first + 1)).toBe(true);
      expect(a.registry.isRemoved(c1, (1_000_000 + world.clock.now() - 500) * epochsPerMs)).toBe(false);
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

  it('does not take being handed on for being used', async () => {
    await a.create();
    for (const [from, to] of [
      [a, b],
      [b, a],
      [a, b],
    ] as const) {
      await world.clock.advance(50_000);
      await to.node.router.takeOver(c1, from.instances.epochOf(c1) ?? 0);
      from.instances.evict(c1);
    }
    const createdAgo = 150_000;
    // Being used is written every tenth of the time-out, so that much is not known.
    const idle = b.instances.held()[0]?.state().usedAt ?? 0;

    expect(b.holds()).toBe(true);
    expect(world.clock.now() - idle).toBeGreaterThanOrEqual(createdAgo - instanceTimeoutMs / 10);
    expect(world.clock.now() - idle).toBeLessThanOrEqual(createdAgo);
    await world.clock.advance(instanceTimeoutMs - createdAgo + instanceTimeoutMs / 10 + 1_000);
    expect(b.holds()).toBe(false);
  });

  it('hands on when an instance was used last', async () => {
    await a.create();
    await world.clock.advance(100_000);
    await Promise.all([a.node.drain(), world.clock.advance(5_000)]);
    const [held] = b.instances.held();
    const idle = world.clock.now() - (held?.state().usedAt ?? 0);

    expect(idle).toBeGreaterThanOrEqual(100_000 - instanceTimeoutMs / 10);
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
