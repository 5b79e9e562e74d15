import { expect, it } from 'vitest';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { epochsPerMs, lastEpochOf, requestField, type InstanceStore } from '#libs/replicas/instance-store.ts';
import { layoutVersion, type LiveReplica, type Placement, type Replica } from '#libs/replicas/placement.ts';
import { waitFor } from '../../scripts/stack/wait.ts';
import { uniqueName } from '../support/unique-name.ts';

export interface StoreUnderTest {
  readonly store: InstanceStore;
  /** The same store as the next version of the proxy sees it. */
  readonly newer: InstanceStore;
  flush(): Promise<void>;
}

const long = 60_000;
const none = new Map<string, string>();
const by = (requestId: string): ReadonlyMap<string, string> => new Map([[requestField, requestId]]);

export function replica(name = uniqueName('r')): LiveReplica {
  return { incarnation: name, address: `http://${name}:8083`, version: layoutVersion, draining: false };
}

const placed = ({ incarnation, address }: Replica, epoch: number): Placement => ({
  incarnation,
  address,
  epoch,
});

/** What every store of consumer instances does. */
export function instanceStoreContract(underTest: () => StoreUnderTest): void {
  const store = (): InstanceStore => underTest().store;
  const aName = (): ConsumerInstanceName => ({ group: uniqueName('g'), id: 'a/b}{ß' });

  async function created(name: ConsumerInstanceName, owner: Replica, ttlMs = long): Promise<number> {
    const outcome = await store().create(name, owner, by('rq'), ttlMs);
    if (outcome.outcome !== 'created') throw new Error(`was not created: ${outcome.outcome}`);
    return outcome.epoch;
  }

  const gone = (name: ConsumerInstanceName): Promise<true> =>
    waitFor(
      'the instance to expire',
      async () => ((await store().look(name)).outcome === 'missing' ? true : undefined),
      5_000,
      5,
    );

  it('creates an instance once, and tells who made it', async () => {
    const [name, a, b] = [aName(), replica(), replica()];
    const before = Date.now() - 1_000;

    const epoch = await created(name, a);

    expect(epoch).toBeGreaterThan(before * epochsPerMs);
    expect(epoch).toBeLessThan((Date.now() + 1_000) * epochsPerMs);
    expect(epoch % epochsPerMs).toBe(0);
    expect(await store().look(name)).toEqual({ outcome: 'found', placement: placed(a, epoch) });
    expect(await store().create(name, b, by('other'), long)).toEqual({
      outcome: 'exists',
      requestId: 'rq',
      placement: placed(a, epoch),
    });
  });

  it('creates one of fifty at once', async () => {
    const name = aName();
    const owners = Array.from({ length: 50 }, () => replica());

    const outcomes = await Promise.all(owners.map((owner) => store().create(name, owner, none, long)));

    const winner = outcomes.findIndex(({ outcome }) => outcome === 'created');
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    const placements = outcomes.flatMap((one) =>
      one.outcome === 'exists' ? [one.placement.incarnation] : [],
    );
    expect(new Set(placements)).toEqual(new Set([owners[winner]?.incarnation]));
    const owned = await Promise.all(owners.map(({ incarnation }) => store().ownedBy(incarnation)));
    expect(owned.map((names) => names.length)).toEqual(owners.map((_, i) => (i === winner ? 1 : 0)));
  });

  it('knows names apart that look alike', async () => {
    const group = uniqueName('g');
    const a = replica();

    await created({ group: `${group}/b`, id: 'c' }, a);

    expect(await store().look({ group, id: 'b/c' })).toEqual({ outcome: 'missing' });
    expect(await store().ownedBy(a.incarnation)).toEqual([{ group: `${group}/b`, id: 'c' }]);
  });

  it('hands an instance with all its fields over', async () => {
    const [name, a, b] = [aName(), replica(), replica()];
    const fields = new Map([
      ['pos', '{"t":{"0":"12345678901234567890"}}'],
      ['owner', 'not the owner'],
      ['', 'ünï"\n\0'],
    ]);
    const first = await store().create(name, a, fields, long);
    const epoch = first.outcome === 'created' ? first.epoch : 0;

    const adopted = await store().adopt(name, epoch, b, 2 * long);

    expect(adopted).toEqual({
      outcome: 'adopted',
      epoch: epoch + 1,
      fields,
      remainingMs: expect.any(Number),
    });
    const remainingMs = adopted.outcome === 'adopted' ? adopted.remainingMs : 0;
    expect(remainingMs).toBeGreaterThan(long / 2);
    expect(remainingMs).toBeLessThanOrEqual(long);
    expect(await store().look(name)).toEqual({ outcome: 'found', placement: placed(b, epoch + 1) });
    expect(await store().ownedBy(b.incarnation)).toEqual([name]);
  });

  it('lets one of two adopt, and tells the other who did', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a);
    const adopters = [replica(), replica()] as const;

    const outcomes = await Promise.all(adopters.map((one) => store().adopt(name, epoch, one, long)));

    const winner = outcomes[0]?.outcome === 'adopted' ? 0 : 1;
    expect(outcomes[winner]?.outcome).toBe('adopted');
    expect(outcomes[1 - winner]).toEqual({
      outcome: 'moved',
      placement: placed(adopters[winner], epoch + 1),
    });
    const loser = adopters[winner === 0 ? 1 : 0];
    expect(await store().ownedBy(loser.incarnation)).toEqual([]);
  });

  it('says of an adoption whose answer got lost that the instance moved to the adopter', async () => {
    const [name, b] = [aName(), replica()];
    const epoch = await created(name, replica());
    await store().adopt(name, epoch, b, long);

    expect(await store().adopt(name, epoch, b, long)).toEqual({
      outcome: 'moved',
      placement: placed(b, epoch + 1),
    });
    expect(await store().ownedBy(b.incarnation)).toEqual([name]);
  });

  it('adopts nothing that is not there', async () => {
    const [name, b] = [aName(), replica()];

    expect(await store().adopt(name, 5, b, long)).toEqual({ outcome: 'missing' });
    expect(await store().ownedBy(b.incarnation)).toEqual([]);
  });

  it('leaves what a newer proxy has written to newer proxies', async () => {
    const [name, a, b] = [aName(), replica(), replica()];
    const epoch = await created(name, a);
    await underTest().newer.adopt(name, epoch, a, long);

    expect(await store().adopt(name, epoch + 1, b, long)).toEqual({
      outcome: 'too-new',
      version: layoutVersion + 1,
    });
    expect(await store().adopt(name, epoch, b, long)).toMatchObject({ outcome: 'moved' });
    expect(await store().look(name)).toEqual({ outcome: 'found', placement: placed(a, epoch + 1) });
    expect(await underTest().newer.adopt(name, epoch + 1, b, long)).toMatchObject({ outcome: 'adopted' });
  });

  it('saves and drops fields for the epoch that is', async () => {
    const [name, a] = [aName(), replica()];
    const first = await store().create(
      name,
      a,
      new Map([
        ['x', '1'],
        ['y', '2'],
      ]),
      long,
    );
    const epoch = first.outcome === 'created' ? first.epoch : 0;

    expect(
      await store().save(
        name,
        epoch,
        a.incarnation,
        { set: new Map([['z', '3']]), drop: ['y', 'never'] },
        long,
      ),
    ).toBe('saved');
    expect(
      await store().save(name, epoch - 1, a.incarnation, { set: new Map([['x', 'old']]), drop: [] }, long),
    ).toBe('fenced');
    expect(
      await store().save(name, epoch + 1, a.incarnation, { set: new Map([['x', 'new']]), drop: [] }, long),
    ).toBe('fenced');
    expect(
      await store().save(name, epoch, 'another', { set: new Map([['x', 'other']]), drop: [] }, long),
    ).toBe('fenced');
    expect(await store().save(aName(), epoch, a.incarnation, { set: none, drop: [] }, long)).toBe('missing');

    const adopted = await store().adopt(name, epoch, a, long);
    expect(adopted).toMatchObject({
      fields: new Map([
        ['x', '1'],
        ['z', '3'],
      ]),
    });
  });

  it('forgets an instance when its time is over', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a, 20);
    await gone(name);

    expect(await store().save(name, epoch, a.incarnation, { set: none, drop: [] }, long)).toBe('missing');
    expect(await created(name, a)).toBeGreaterThan(epoch);
  });

  it('does not take an adoption for a use', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a, long);

    expect(await store().adopt(name, epoch, a, 20)).toMatchObject({ outcome: 'adopted' });
    const again = await store().adopt(name, epoch + 1, a, 2 * long);
    const last = await store().adopt(name, epoch + 2, a, 20);

    const remaining = [again, last].map((one) => (one.outcome === 'adopted' ? one.remainingMs : 0));
    expect(remaining[0]).toBeGreaterThan(long / 2);
    expect(remaining[0]).toBeLessThanOrEqual(long);
    expect(remaining[1]).toBeGreaterThan(long);
  });

  it.each(['save', 'restore'] as const)('puts the expiry as %s says', async (call) => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a, long);
    if (call === 'save') await store().save(name, epoch, a.incarnation, { set: none, drop: [] }, 20);
    if (call === 'restore') await store().restore(name, epoch, a, [], none, 20);

    await gone(name);
  });

  it('removes an instance and remembers who asked for it', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a);

    expect(await store().remove(name, epoch + 1, a, 'del')).toBe('fenced');
    expect(await store().removedBy(name, 'del')).toBe(false);
    expect(await store().remove(name, epoch, a, 'del')).toBe('saved');

    expect(await store().look(name)).toMatchObject({ outcome: 'removed' });
    expect(await store().removedBy(name, 'del')).toBe(true);
    expect(await store().removedBy(name, 'other')).toBe(false);
    expect(await store().remove(name, epoch, a, 'other')).toBe('missing');
    expect(await store().removedBy(name, 'del')).toBe(true);
    expect(await store().save(name, epoch, a.incarnation, { set: none, drop: [] }, long)).toBe('missing');
    expect(await store().adopt(name, epoch, a, long)).toEqual({ outcome: 'missing' });
    expect(await store().ownedBy(a.incarnation)).toEqual([]);
  });

  it('gives a name that was removed a later epoch', async () => {
    const [name, a] = [aName(), replica()];
    const far = (Date.now() + 3_600_000) * epochsPerMs;
    expect(await store().restore(name, far + 5, a, [], none, long)).toBe('restored');
    await store().remove(name, far + 5, a, undefined);

    expect(await created(name, a)).toBe(far + epochsPerMs);
    expect(await store().look(name)).toMatchObject({ outcome: 'found' });
  });

  it('gives instances that are made within one millisecond epochs that tell them apart, however often they move', async () => {
    const [name, a] = [aName(), replica()];
    let before = 0;
    for (let turn = 0; turn < 20; turn++) {
      const epoch = await created(name, a);
      const adopted = await store().adopt(name, epoch, a, long);

      expect(adopted).toMatchObject({ outcome: 'adopted', epoch: epoch + 1 });
      expect(epoch).toBeGreaterThan(lastEpochOf(before));
      expect(epoch + 1).toBeLessThan(lastEpochOf(epoch));
      await store().remove(name, epoch + 1, a, undefined);
      before = epoch + 1;
    }
  });

  it('remembers the last requests that have removed a name, also when it is given anew', async () => {
    const [name, a] = [aName(), replica()];
    const requests = Array.from({ length: 17 }, (_, i) => `d${i + 1}`);
    for (const request of requests) {
      await store().remove(name, await created(name, a), a, request);
    }
    const epoch = await created(name, a);

    for (const request of requests.slice(1)) expect(await store().removedBy(name, request)).toBe(true);
    for (const request of ['d1', 'rq', 'd18']) expect(await store().removedBy(name, request)).toBe(false);
    expect(await store().look(name)).toEqual({ outcome: 'found', placement: placed(a, epoch) });
    expect(await store().save(name, epoch, a.incarnation, { set: none, drop: [] }, long)).toBe('saved');
    expect(await store().restore(name, epoch, a, [], none, long)).toBe('restored');
    await store().remove(name, epoch, a, undefined);
    expect(await store().removedBy(name, 'd2')).toBe(true);
  });

  it('marks the end of an instance that it has forgotten and that is younger than the last mark', async () => {
    const [name, a] = [aName(), replica()];
    const first = await created(name, a);
    await store().remove(name, first, a, 'd1');
    const later = (Date.now() + 60_000) * epochsPerMs;

    expect(await store().remove(name, later, a, 'd2')).toBe('missing');

    expect(await store().removedBy(name, 'd2')).toBe(true);
    expect(await store().restore(name, later, a, [], none, long)).toBe('removed');
    expect(await store().look(name)).toEqual({ outcome: 'removed', epoch: later + epochsPerMs - 1 });
  });

  it('restores what was forgotten, with its epoch', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a);
    await underTest().flush();
    const again = replica();
    expect(await store().look(name)).toEqual({ outcome: 'missing' });

    const fields = new Map([['x', '1'], ...by('rq')]);
    expect(await store().restore(name, epoch, again, [a.incarnation], fields, long)).toBe('restored');

    expect(await store().look(name)).toEqual({ outcome: 'found', placement: placed(again, epoch) });
    expect(await store().ownedBy(again.incarnation)).toEqual([name]);
    expect(await store().create(name, a, none, long)).toMatchObject({ outcome: 'exists', requestId: 'rq' });
    expect(await store().adopt(name, epoch, replica(), long)).toMatchObject({ outcome: 'adopted', fields });
  });

  it('restores over an older epoch, and over its own', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a);

    expect(await store().restore(name, epoch, a, [], none, long)).toBe('restored');
    const b = replica();
    expect(await store().restore(name, epoch, b, ['x', a.incarnation], none, long)).toBe('restored');
    expect(await store().restore(name, epoch + 1, replica(), [], by('other'), long)).toBe('restored');
    expect(await store().create(name, a, none, long)).toMatchObject({ requestId: 'other' });
  });

  it('restores nothing over a later epoch, nor over the same of somebody else', async () => {
    const [name, a, b] = [aName(), replica(), replica()];
    const epoch = await created(name, a);

    expect(await store().restore(name, epoch - 1, a, [], none, long)).toBe('fenced');
    expect(await store().restore(name, epoch, b, ['x'], none, long)).toBe('fenced');
    expect(await store().look(name)).toEqual({ outcome: 'found', placement: placed(a, epoch) });
    expect(await store().ownedBy(b.incarnation)).toEqual([]);
    expect(await store().ownedBy(a.incarnation)).toEqual([name]);
  });

  it('restores nothing that was removed, not even after an adoption', async () => {
    const [name, a, b] = [aName(), replica(), replica()];
    const epoch = await created(name, a);
    await store().remove(name, epoch, a, 'del');

    expect(await store().restore(name, epoch, a, [], none, long)).toBe('removed');
    expect(await store().restore(name, epoch + 1, b, [], none, long)).toBe('removed');
    expect(await store().look(name)).toMatchObject({ outcome: 'removed' });
  });

  it('does not let a forgotten instance rise again after its removal', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a);
    await underTest().flush();

    expect(await store().remove(name, epoch, a, 'del')).toBe('missing');

    expect(await store().removedBy(name, 'del')).toBe(true);
    expect(await store().restore(name, epoch, a, [], none, long)).toBe('removed');
  });

  it('restores an instance that was made after the removal', async () => {
    const [name, a] = [aName(), replica()];
    const epoch = await created(name, a);
    await store().remove(name, epoch, a, undefined);
    const again = await created(name, a);
    // As if a failover had lost the second create.
    await store().remove(name, again, a, undefined);

    expect(await store().restore(name, (Date.now() + 60_000) * epochsPerMs, a, [], none, long)).toBe(
      'restored',
    );
    expect(await store().look(name)).toMatchObject({ outcome: 'found' });
  });

  it('keeps a lease while it is renewed', async () => {
    const a = replica();
    expect(await store().renew(a, long, false)).toBe('lost');
    expect(await store().isAlive(a.incarnation)).toBe(false);

    expect(await store().renew(a, long, true)).toBe('kept');
    expect(await store().renew({ ...a, draining: true }, long, false)).toBe('kept');

    expect(await store().isAlive(a.incarnation)).toBe(true);
    const { live, dead } = await store().replicas();
    expect(live).toContainEqual({ ...a, draining: true });
    expect(dead).not.toContain(a.incarnation);
  });

  it('counts a replica as dead that let its lease go, until it is buried', async () => {
    const [name, a, b] = [aName(), replica(), replica()];
    await store().renew(a, 20, true);
    await store().renew(b, long, true);
    await created(name, a);
    await waitFor(
      'the lease to end',
      async () => ((await store().isAlive(a.incarnation)) ? undefined : true),
      5_000,
      5,
    );
    await store().withdraw(b.incarnation);

    expect(await store().renew(a, long, false)).toBe('lost');
    const { live, dead } = await store().replicas();
    expect(live.map(({ incarnation }) => incarnation)).not.toContain(b.incarnation);
    expect(dead).toEqual(expect.arrayContaining([a.incarnation, b.incarnation]));
    expect(await store().ownedBy(a.incarnation)).toEqual([name]);

    await store().bury(a.incarnation);
    expect((await store().replicas()).dead).not.toContain(a.incarnation);
    expect(await store().ownedBy(a.incarnation)).toEqual([]);
  });
}
