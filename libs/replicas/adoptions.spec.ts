import { beforeEach, describe, expect, it } from 'vitest';
import { epochsPerMs } from './instance-store.ts';
import { MemoryInstanceStore } from './memory/memory-instance-store.ts';
import { layoutVersion } from './placement.ts';
import { Adoptions } from './adoptions.ts';
import { c1, ReplicaWorld, type WorldReplica } from '../../test/support/replica-world.ts';

describe('Adoptions', () => {
  let world: ReplicaWorld;
  let a: WorldReplica;
  let b: WorldReplica;
  let adoptions: Adoptions;
  let patternFault: Error | undefined;

  beforeEach(async () => {
    world = new ReplicaWorld();
    const replicas = await world.startAll('a', 'b');
    [a, b] = replicas as [WorldReplica, WorldReplica];
    patternFault = undefined;
    adoptions = new Adoptions(
      b.registry,
      b.instances,
      { of: () => Promise.reject(patternFault ?? new Error('no pattern')) },
      b.lease,
      { events: b.events, clock: world.clock },
    );
  });

  const epochAtA = (): number => a.instances.epochOf(c1) ?? 0;

  it('are made once for all who ask', async () => {
    await a.create();
    const outcomes = await Promise.all([1, 2, 3].map(() => adoptions.adopt(c1, epochAtA())));

    expect(outcomes).toEqual([{ outcome: 'held' }, { outcome: 'held' }, { outcome: 'held' }]);
    expect(b.store.count('adopt')).toBe(1);
    expect(b.consumers.created).toHaveLength(1);
    expect(adoptions.running(c1)).toBeUndefined();
    expect(b.events.routes).toEqual(['adopt']);
  });

  it('go on where the other one has stopped', async () => {
    const instance = await a.create();
    await instance.assign([{ topic: 't1', partition: 1 }]);
    instance.seek([{ topic: 't1', partition: 1, to: 7n }]);
    await instance.persist();
    await adoptions.adopt(c1, epochAtA());
    const adopted = b.instances.find('g1', 'c1');

    expect(adopted.options).toEqual(instance.options);
    expect(adopted.state()).toEqual(instance.state());
  });

  it('join a group as the same member, at the same positions', async () => {
    const instance = await a.create();
    await instance.subscribe(['t1']);
    await world.clock.advance(0);
    await instance.persist();
    await adoptions.adopt(c1, epochAtA());
    const [before] = a.consumers.created;
    const [after] = b.consumers.created;

    expect(after?.options.groupInstanceId).toBe(before?.options.groupInstanceId);
    expect(after?.options.resume).toEqual({
      positions: [
        { topic: 't1', partition: 0, offset: 0n },
        { topic: 't1', partition: 1, offset: 0n },
      ],
      memberId: before?.options.groupInstanceId,
      generationId: 1,
    });
  });

  it('fail where somebody was faster, and where there is nothing', async () => {
    await a.create();
    const epoch = epochAtA();

    expect(await adoptions.adopt(c1, epoch - 1)).toEqual({
      outcome: 'elsewhere',
      placement: { ...a.lease.replica, epoch },
    });
    expect(await adoptions.adopt({ group: 'g1', id: 'x' }, epoch)).toEqual({ outcome: 'missing' });
    expect(b.instances.size).toBe(0);
  });

  it('are refused by a replica that shuts down, or has no lease', async () => {
    await a.create();
    await b.lease.drain();
    expect(await adoptions.adopt(c1, epochAtA())).toEqual({ outcome: 'refused' });

    const c = await world.start('c');
    c.store.fails = 'before';
    await world.clock.advance(6_000);
    expect(await c.node.router.takeOver(c1, epochAtA())).toBeUndefined();
    expect(a.holds()).toBe(true);
  });

  it('are refused when a newer version has written the instance', async () => {
    const newer = new MemoryInstanceStore(world.clock, () => 42, layoutVersion + 1, world.store);
    await newer.create(c1, a.lease.replica, new Map(), 1_000);

    expect(await adoptions.adopt(c1, 42 * epochsPerMs)).toEqual({ outcome: 'refused' });
  });

  it('say so when the store does not answer, and are made when they are asked for again', async () => {
    await a.create();
    const epoch = epochAtA();
    b.store.fails = 'after';
    await expect(adoptions.adopt(c1, epoch)).rejects.toThrow('no answer');
    b.store.fails = undefined;

    expect((await b.request()).path).toEqual(['b']);
    expect(b.instances.epochOf(c1)).toBe(epoch + 2);
  });

  it('save nothing more of what could not be made here', async () => {
    const instance = await a.create();
    await instance.subscribe(['t1']);
    const source = JSON.stringify({ kind: 'pattern', pattern: '(' });
    await world.store.save(
      c1,
      epochAtA(),
      a.lease.replica.incarnation,
      { set: new Map([['source', source]]), drop: [] },
      1_000,
    );
    patternFault = new Error('cannot be used');
    await expect(adoptions.adopt(c1, epochAtA())).rejects.toThrow('cannot be used');

    expect(b.instances.size).toBe(0);
    expect(b.registry.isSure(c1, epochAtA() + 1)).toBe(false);
  });

  it('leave no other instance of the name, and take its place', async () => {
    await a.create();
    const epoch = epochAtA();
    await b.node.router.takeOver(c1, epoch);
    await a.node.router.takeOver(c1, epoch + 1);
    await adoptions.adopt(c1, epoch + 2);

    expect(b.instances.size).toBe(1);
    expect(b.consumers.created.map(({ closed }) => closed)).toEqual([{ leave: false }, undefined]);
  });

  it('are counted as all others are', async () => {
    world.kafka.produce('t1', 0, { value: '1' });
    const instance = await a.create();
    await instance.assign([{ topic: 't1', partition: 0 }]);
    await adoptions.adopt(c1, epochAtA());
    await b.instances.find('g1', 'c1').read({ timeoutMs: 0, maxBytes: 10 });

    expect(b.instances.counts.reads.counts.reduce((sum, count) => sum + count)).toBe(1);
  });
});
