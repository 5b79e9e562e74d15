import { beforeEach, describe, expect, it } from 'vitest';
import { epochsPerMs } from './instance-store.ts';
import type { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import {
  c1,
  leaseMs,
  renewMs,
  ReplicaWorld,
  WorldRequest,
  type WorldReplica,
} from '../../test/support/replica-world.ts';

const subscribe = (instance: ConsumerInstance): Promise<void> => instance.subscribe(['t1']);

describe('ProtocolRouter', () => {
  let world: ReplicaWorld;
  let a: WorldReplica;
  let b: WorldReplica;
  let c: WorldReplica;

  beforeEach(async () => {
    world = new ReplicaWorld();
    const replicas = await world.startAll('a', 'b', 'c');
    [a, b, c] = replicas as [WorldReplica, WorldReplica, WorldReplica];
  });

  const epoch = (): number => a.instances.epochOf(c1) ?? 0;
  /** Sends a request whose time goes on while it looks for the instance. */
  const begin = async (request: WorldRequest, at: WorldReplica, ms: number): Promise<unknown> => {
    const serving = at.node.router.serve(c1, request).catch((error: unknown) => error);
    await world.clock.advance(ms);
    return serving;
  };

  it('serves what is here, and asks nobody', async () => {
    await a.create();
    const { length } = a.store.calls;
    const { path } = await a.request();

    expect(path).toEqual(['a']);
    expect(a.store.calls).toHaveLength(length);
    expect(a.events.routes).toEqual(['local']);
  });

  it('sends to the owner what is there, and remembers who that is for a while', async () => {
    await a.create();
    const looks = b.store.count('look');
    for (let i = 0; i < 3; i++) expect((await b.request()).path).toEqual(['to a-1']);
    expect(b.store.count('look')).toBe(looks + 1);
    await world.clock.advance(5_000);
    await b.request();

    expect(b.store.count('look')).toBe(looks + 2);
  });

  it('has what is nowhere refused, after everybody was asked', async () => {
    await expect(a.request()).rejects.toMatchObject({ status: 404, errorCode: 40403 });
    expect(a.events.routes).toEqual(['miss']);
  });

  it.each([0, renewMs])('finds what an emptied store does not know, %i ms later', async (ms) => {
    await a.create();
    world.store.flush();
    if (ms > 0) await world.clock.advance(ms);

    expect((await b.request()).path.at(-1)).toMatch(/^to a-/);
    await world.clock.advance(renewMs);
    expect(await world.store.look(c1)).toMatchObject({ outcome: 'found' });
  });

  it('takes over what a dead replica has held, and goes on with it', async () => {
    world.kafka.produce('t1', 0, { value: '1' }, { value: '2' });
    const instance = await a.create();
    await instance.assign([{ topic: 't1', partition: 0 }]);
    const first = await instance.read({ timeoutMs: 0, maxBytes: 2 });
    first.confirm();
    await instance.commitConfirmed();
    await world.clock.advance(0);
    world.kill(a);
    await world.clock.advance(leaseMs);
    const offsets: bigint[] = [];
    const { path } = await b.request(async (held) => {
      const { records } = await held.read({ timeoutMs: 0, maxBytes: 1_000 });
      offsets.push(...records.map(({ offset }) => offset));
    });

    expect(path.at(-1)).toMatch(/^b$|^to [bc]-1$/);
    expect(offsets).toEqual([1n]);
  });

  it('asks an owner whose lease has ended whether it is well, and leaves it what it has', async () => {
    await a.create();
    a.store.fails = 'before';
    await world.clock.advance(2 * leaseMs);

    expect((await b.request()).path).toEqual(['to a-1']);
    expect(b.instances.epochOf(c1)).toBeUndefined();
    expect(c.instances.epochOf(c1)).toBeUndefined();
  });

  it('does not say that it is not there after the store was emptied, while somebody does not answer', async () => {
    await a.create();
    world.store.flush();
    world.unreachable.add(a.address);
    const request = new WorldRequest(b, c1, () => undefined);
    const serving = b.node.router.serve(c1, request);
    await world.clock.advance(1_000);
    expect(request.path).toEqual([]);
    world.unreachable.delete(a.address);
    await world.clock.advance(renewMs);
    await serving;

    expect(request.path.at(-1)).toMatch(/^to a-/);
  });

  it('takes over after two failures to reach an owner whose lease lasts', async () => {
    await a.create();
    world.unreachable.add(a.address);
    const request = new WorldRequest(b, c1, () => undefined);
    await begin(request, b, 100);

    expect(request.path).toEqual(['to a-1', 'to a-1', 'b']);
    expect(b.events.routes).toContain('steal');
    expect(b.events.forwards).toEqual([]);
    expect(b.holds()).toBe(true);
  });

  it('tells how long a request was elsewhere', async () => {
    await a.create();
    await b.request();

    expect(b.events.forwards).toHaveLength(1);
  });

  it('takes over at once from an owner that is silent', async () => {
    await a.create();
    const request = new WorldRequest(b, c1, () => undefined);
    request.outcomes.push({ outcome: 'broken', silent: true });
    await b.node.router.serve(c1, request);

    expect(request.path).toEqual(['to a-1', 'b']);
  });

  it('takes over what its owner does not have', async () => {
    await world.store.create(c1, a.lease.replica, await fieldsOf(b), 100_000);
    const request = new WorldRequest(c, c1, () => undefined);
    request.outcomes.push(
      { outcome: 'not-owner', holder: undefined },
      { outcome: 'not-owner', holder: undefined },
    );
    await begin(request, c, 100);

    expect(request.path).toEqual(['to a-1', 'to a-1', 'c']);
  });

  it('goes on looking when the owner fails after a long time, and only then', async () => {
    await a.create();
    const request = new WorldRequest(b, c1, () => undefined);
    const slow = Object.assign(request, {
      forward: async () => {
        request.path.push('slow');
        await new Promise<void>((resolve) => void world.clock.after(60_000, resolve));
        return { outcome: 'broken', silent: false } as const;
      },
    });
    await begin(slow, b, 130_000);

    expect(request.path).toEqual(['slow', 'slow', 'b']);
  });

  it('says 503 when nobody can tell where the instance is', async () => {
    b.store.fails = 'before';
    const request = new WorldRequest(b, c1, () => undefined);
    const error = await begin(request, b, leaseMs + 5_000);

    expect(error).toMatchObject({ status: 503, retryAfterSeconds: 2 });
    expect(request.path).toEqual([]);
  });

  it('goes on without the store: to where the instance was, or whoever says so', async () => {
    await a.create();
    for (const { store } of [a, b]) store.fails = 'before';
    await world.clock.advance(leaseMs);

    expect((await b.request()).path).toEqual(['to a-1']);
    const asked = a.store.count('look');
    expect((await a.request()).path).toEqual(['a']);
    expect(a.store.count('look')).toBe(asked);
  });

  it('stops when the client is gone', async () => {
    b.store.fails = 'before';
    const request = new WorldRequest(b, c1, () => undefined);
    const serving = b.node.router.serve(c1, request);
    await world.clock.advance(300);
    request.gone.abort();
    await world.clock.advance(250);

    await expect(serving).resolves.toBeUndefined();
  });

  describe('with a lease that has ended', () => {
    beforeEach(async () => {
      await a.create();
      a.store.fails = 'before';
      await world.clock.advance(leaseMs);
    });

    it('finds out first whether the instance has moved', async () => {
      await b.node.router.takeOver(c1, epoch());
      const { path } = await a.request();

      expect(path).toEqual(['to b-1']);
      expect(a.holds()).toBe(false);
      expect(a.events.fences).toContain('lease');
    });

    it('does so under its new name as well', async () => {
      let open = (): void => undefined;
      await b.node.router.takeOver(c1, epoch());
      a.store.fails = undefined;
      a.store.failing = ['restore'];
      const gate = new Promise<void>((resolve) => void (open = resolve));
      const restore = a.store.restore.bind(a.store);
      a.store.restore = async (...args) => {
        await gate;
        return restore(...args);
      };
      await world.clock.advance(500);
      expect(a.lease.isValid).toBe(true);
      expect(a.instances.epochOf(c1)).toBeDefined();

      expect((await a.request()).path).toEqual(['to b-1']);
      open();
      await world.clock.advance(0);
      expect(a.holds()).toBe(false);
    });

    it('serves what has not moved', async () => {
      a.store.fails = undefined;
      expect((await a.request()).path).toEqual(['a']);
    });
  });

  describe('asked by another replica', () => {
    it('drops what that one knows at a later epoch', async () => {
      await a.create();
      const before = epoch();
      await b.node.router.takeOver(c1, before);
      const answer = await a.node.router.serveForwarded(c1, before + 1, () => Promise.resolve('done'));

      expect(answer).toMatchObject({
        outcome: 'not-owner',
        holder: { incarnation: 'b-1', epoch: before + 1 },
      });
      expect(a.holds()).toBe(false);
    });

    it('goes on with what is its own in the store', async () => {
      await world.store.create(c1, a.lease.replica, await fieldsOf(b), 100_000);

      expect(new Set((await b.request()).path)).toEqual(new Set(['to a-1']));
      expect(a.holds()).toBe(true);
    });

    it('waits for what is being made, removed or handed over', async () => {
      let open = (): void => undefined;
      a.store.gate = new Promise((resolve) => void (open = resolve));
      const creating = a.create();
      await world.clock.advance(0);
      const served = a.node.router.serveForwarded(c1, 1_002_000 * epochsPerMs, () =>
        a.run(c1, () => undefined),
      );
      open();
      a.store.gate = undefined;
      await creating;

      await expect(served).resolves.toEqual({ outcome: 'done' });
      expect(a.store.count('adopt')).toBe(0);
      expect(a.instances.size).toBe(1);
    });

    it('says what it holds', async () => {
      await a.create();

      expect(a.node.router.held(c1)).toEqual({ ...a.lease.replica, epoch: epoch() });
      expect(b.node.router.held(c1)).toBeUndefined();
    });

    it('takes over, unless somebody was faster', async () => {
      await a.create();
      const before = epoch();
      const placements = await Promise.all([b, c].map(({ node }) => node.router.takeOver(c1, before)));

      expect(placements[0]).toEqual(placements[1]);
      expect([b.holds(), c.holds()]).toEqual([true, false]);
    });
  });

  it('has a change made by the owner that the previous one was asked for', async () => {
    await a.create();
    await b.node.router.takeOver(c1, epoch());
    const { path } = await a.request(subscribe);

    expect(path).toEqual(['a', 'to b-1']);
    expect(b.instances.find('g1', 'c1').subscription()).toEqual(['t1']);
  });

  it('has a read refused by the owner only', async () => {
    await a.create();
    await b.node.router.takeOver(c1, epoch());
    await b.request(subscribe);
    const { path } = await a.request((instance) => instance.read({ timeoutMs: 0, maxBytes: 100 }));

    expect(path).toEqual(['a', 'to b-1']);
  });

  /** Fields of an instance with that name. */
  async function fieldsOf(replica: WorldReplica): Promise<ReadonlyMap<string, string>> {
    await replica.create('c1');
    const there = replica.instances.epochOf(c1) ?? 0;
    const adopted = await world.store.adopt(c1, there, replica.lease.replica, 1_000);
    if (adopted.outcome !== 'adopted') throw new Error(adopted.outcome);
    await world.store.remove(c1, adopted.epoch, replica.lease.replica, undefined);
    replica.registry.forget(c1, there);
    replica.instances.evict(c1);
    return adopted.fields;
  }
});
