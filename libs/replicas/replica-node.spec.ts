import { beforeEach, describe, expect, it } from 'vitest';
import type { ConsumerInstance } from '#libs/consumers/consumer-instance.ts';
import {
  c1,
  instanceTimeoutMs,
  leaseMs,
  renewMs,
  ReplicaWorld,
  type WorldReplica,
} from '../../test/support/replica-world.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `c${index + 1}`);
const read = (instance: ConsumerInstance): Promise<unknown> =>
  instance.read({ timeoutMs: 0, maxBytes: 1_000 });

describe('ReplicaNode', () => {
  let world: ReplicaWorld;

  beforeEach(() => {
    world = new ReplicaWorld();
  });

  const holders = (replicas: readonly WorldReplica[], id: string): string[] =>
    replicas.filter((replica) => replica.holds({ group: 'g1', id })).map(({ name }) => name);
  /** Lets time pass until the work is done. */
  const while_ = async <T>(work: Promise<T>): Promise<T> => {
    const progress = { isDone: false };
    const done = work.finally(() => (progress.isDone = true));
    for (let i = 0; i < 100 && !progress.isDone; i++) await world.clock.advance(100);
    return done;
  };

  describe('drain', () => {
    it('hands everything over to those that go on', async () => {
      const replicas = await world.startAll('a', 'b', 'c');
      const [a] = replicas as [WorldReplica];
      for (const id of names(20)) await a.create(id);
      await while_(a.node.drain());
      await a.node.end();

      expect(a.instances.size).toBe(0);
      for (const id of names(20)) expect(holders(replicas, id)).toHaveLength(1);
      expect(a.events.drains).toEqual([20]);
      expect(a.consumers.created.map(({ closed }) => closed?.leave)).toEqual(names(20).map(() => false));
      expect(await world.store.isAlive('a-1')).toBe(false);
    });

    it('goes on routing what comes late', async () => {
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      await a.create();
      await while_(a.node.drain());

      expect((await a.request()).path).toEqual(['to b-1']);
      expect(b.holds()).toBe(true);
    });

    it('leaves to the next start what nobody takes', async () => {
      const [a] = (await world.startAll('a')) as [WorldReplica];
      const instance = await a.create();
      await instance.subscribe(['t1']);
      await while_(a.node.drain());
      await expect(a.request()).rejects.toMatchObject({ status: 503 });
      await while_(a.node.end());
      const b = await world.start('b');

      expect((await b.request()).path).toEqual(['b']);
      expect(b.instances.find('g1', 'c1').subscription()).toEqual(['t1']);
    });

    it('waits for an answer that is being written, and hands on where it came to', async () => {
      world.kafka.produce('t1', 0, { value: '1' }, { value: '2' });
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      const instance = await a.create();
      await instance.assign([{ topic: 't1', partition: 0 }]);
      const delivery = await instance.read({ timeoutMs: 0, maxBytes: 2 });
      const draining = a.node.drain();
      await world.clock.advance(1_000);
      expect(a.instances.size).toBe(1);
      delivery.confirm();
      await while_(draining);
      const { records } = await b.instances.find('g1', 'c1').read({ timeoutMs: 0, maxBytes: 1_000 });

      expect(records.map(({ offset }) => offset)).toEqual([1n]);
    });

    it('delivers again what the client hung up on just now', async () => {
      world.kafka.produce('t1', 0, { value: '1' });
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      const instance = await a.create();
      await instance.assign([{ topic: 't1', partition: 0 }]);
      const delivery = await instance.read({ timeoutMs: 0, maxBytes: 100 });
      delivery.confirm();
      const draining = a.node.drain();
      await world.clock.advance(100);
      delivery.abandon();
      await while_(draining);
      const { records } = await b.instances.find('g1', 'c1').read({ timeoutMs: 0, maxBytes: 1_000 });

      expect(records.map(({ offset }) => offset)).toEqual([0n]);
    });

    it('hands nothing over that it cannot save, and stops in time', async () => {
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      for (const id of names(50)) await a.create(id);
      a.store.fails = 'before';
      const startedAt = world.clock.now();
      await while_(a.node.drain(5_000));
      await while_(a.node.end());

      expect(world.clock.now() - startedAt).toBeLessThan(5_000);
      world.kill(a);
      await world.clock.advance(leaseMs);
      expect((await b.request()).path.at(-1)).toBe('b');
    });

    it('leaves no instance behind that came to be meanwhile', async () => {
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      let open = (): void => undefined;
      a.store.gate = new Promise((resolve) => void (open = resolve));
      a.store.failing = [];
      const creating = a.instances.create({ ...c1, format: 'json' });
      await world.clock.advance(0);
      a.store.gate = undefined;
      await while_(a.node.drain());
      open();
      await creating;
      expect(a.instances.size).toBe(1);
      await while_(a.node.end());
      await a.instances.beforeApplicationShutdown();

      expect(a.instances.size).toBe(0);
      expect((await while_(b.request())).path.at(-1)).toBe('b');
    });
  });

  it('leaves to others what it holds when the process ends without a drain', async () => {
    const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
    await a.create();
    await while_(a.instances.beforeApplicationShutdown());
    world.kill(a);
    await world.clock.advance(leaseMs);

    expect(a.consumers.created[0]?.closed).toEqual({ leave: false });
    expect((await b.request()).path.at(-1)).toBe('b');
  });

  it('publishes all that it holds anew when the store has been emptied', async () => {
    const [a] = (await world.startAll('a')) as [WorldReplica];
    for (const id of names(50)) await a.create(id);
    world.store.flush();
    await world.clock.advance(renewMs);

    for (const id of names(50)) {
      expect(await world.store.look({ group: 'g1', id })).toMatchObject({
        placement: { incarnation: 'a-2' },
      });
    }
    expect(await world.store.ownedBy('a-2')).toHaveLength(50);
    expect(a.store.most).toBeLessThanOrEqual(40);
  });

  it('does not take from itself what it held under its former name', async () => {
    const [a] = (await world.startAll('a')) as [WorldReplica];
    await a.create();
    const epoch = a.instances.epochOf(c1);
    await world.store.withdraw('a-1');
    await world.clock.advance(leaseMs + 3 * renewMs);

    expect(a.instances.epochOf(c1)).toBe(epoch);
    expect(a.consumers.created).toHaveLength(1);
    expect(await world.store.ownedBy('a-1')).toEqual([]);
    expect((await world.store.replicas()).dead).toEqual([]);
  });

  describe('the sweep', () => {
    it('shares out what a dead replica has held, and forgets the dead', async () => {
      const replicas = await world.startAll('a', 'b', 'c');
      const [a, ...rest] = replicas as [WorldReplica, WorldReplica, WorldReplica];
      for (const id of names(40)) await a.create(id);
      world.kill(a);
      await world.clock.advance(leaseMs + 3 * renewMs);

      const shares = rest.map(({ instances }) => instances.held().length);
      expect(shares[0]).toBeGreaterThan(5);
      expect(shares[1]).toBe(40 - (shares[0] ?? 0));
      expect((await world.store.replicas()).dead).toEqual([]);
      expect(await world.store.ownedBy('a-1')).toEqual([]);
    });

    it('goes on after one that cannot be taken over', async () => {
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      for (const id of names(12)) await a.create(id);
      for (const id of names(9)) {
        const name = { group: 'g1', id };
        const epoch = a.instances.epochOf(name) ?? 0;
        await world.store.save(
          name,
          epoch,
          a.lease.replica.incarnation,
          { set: new Map([['options', 'x']]), drop: [] },
          1_000_000,
        );
      }
      world.kill(a);
      for (let i = 0; i < 100 && b.lease.dead.length === 0; i++) await world.clock.advance(100);

      expect(b.instances.held()).toHaveLength(3);
    });

    it('expires what nobody has used, by the time of its last use', async () => {
      const [a, b] = (await world.startAll('a', 'b')) as [WorldReplica, WorldReplica];
      await a.create();
      await world.clock.advance(200_000);
      world.kill(a);
      await world.clock.advance(leaseMs + 2 * renewMs);
      expect(b.holds()).toBe(true);
      await world.clock.advance(instanceTimeoutMs - 140_000);

      expect(b.holds()).toBe(false);
      expect(await world.store.look(c1)).toMatchObject({ outcome: 'removed' });
    });
  });

  it('keeps what is read for longer than the store remembers', async () => {
    const [a] = (await world.startAll('a')) as [WorldReplica];
    const instance = await a.create();
    await instance.subscribe(['t1']);
    const reading = instance.read({ timeoutMs: 2 * instanceTimeoutMs, maxBytes: 100 });
    await world.clock.advance(2 * instanceTimeoutMs - 1);
    expect(await world.store.look(c1)).toMatchObject({ outcome: 'found' });
    await world.clock.advance(1);
    await reading;
  });

  it('tells of what Kafka says is another one’s, and gets it back when the store says otherwise', async () => {
    const [a] = (await world.startAll('a')) as [WorldReplica];
    const instance = await a.create();
    await instance.subscribe(['t1']);
    const epoch = a.instances.epochOf(c1) ?? 0;
    a.instances.fenced(instance);

    expect(a.events.fences).toEqual(['kafka']);
    expect((await a.request(read)).path).toEqual(['a']);
    expect(a.instances.epochOf(c1)).toBe(epoch + 1);
  });
});
