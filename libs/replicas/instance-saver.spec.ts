import { beforeEach, describe, expect, it } from 'vitest';
import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import type { ConsumerInstanceState } from '#libs/consumers/consumer-registry.ts';
import { FaultyInstanceStore } from '../../test/support/fakes/faulty-instance-store.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { toFields } from './instance-fields.ts';
import { InstanceSaver } from './instance-saver.ts';
import { epochsPerMs } from './instance-store.ts';
import { MemoryInstanceStore } from './memory/memory-instance-store.ts';

const options: ConsumerInstanceOptions = {
  group: 'g1',
  id: 'c1',
  format: 'json',
  autoOffsetReset: 'earliest',
  autoCommit: false,
  fetchMinBytes: undefined,
  requestTimeoutMs: 1_000,
};
const me = { incarnation: 'a-1', address: 'http://a' };
const other = { incarnation: 'b-1', address: 'http://b' };
const ttlMs = 100_000;
const touchMs = 10_000;
const epoch = 42 * epochsPerMs;

const at = (offset: bigint): ConsumerInstanceState => ({
  source: { kind: 'assigned', partitions: [{ topic: 't1', partition: 0 }] },
  positions: [{ topic: 't1', partition: 0, offset }],
  membership: undefined,
});

class Bench {
  readonly clock = new ManualClock();
  readonly memory = new MemoryInstanceStore(this.clock, () => 42);
  readonly store = new FaultyInstanceStore(this.memory);
  readonly lease = { replica: me, formerly: [] as string[], storeAnswers: true };
  lost = 0;
  state = at(0n);
  readonly saver: InstanceSaver;

  constructor() {
    const { clock, lease, store } = this;
    const fields = toFields(options, this.state);
    this.saver = new InstanceSaver(
      { store, lease, clock, ttlMs, touchMs },
      options,
      epoch,
      me.incarnation,
      fields,
      () => {
        this.lost++;
      },
    );
  }

  async create(): Promise<void> {
    await this.memory.create(options, me, toFields(options, this.state), ttlMs);
  }

  read = (): ConsumerInstanceState => this.state;

  async move(offset: bigint): Promise<void> {
    this.state = at(offset);
    this.saver.changed(this.read);
    await this.clock.advance(0);
  }

  /** What the store has for another replica. */
  async stored(): Promise<string | undefined> {
    const found = await this.memory.look(options);
    if (found.outcome !== 'found') return found.outcome;
    const adopted = await this.memory.adopt(options, found.placement.epoch, other, ttlMs);
    return adopted.outcome === 'adopted' ? adopted.fields.get('at:0:t1') : adopted.outcome;
  }
}

describe('InstanceSaver', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = new Bench();
    await bench.create();
  });

  it('writes what has changed, and no more', async () => {
    await bench.move(5n);

    expect(bench.store.saves.map(({ drop, set }) => [[...set], drop])).toEqual([[[['at:0:t1', '5']], []]]);
    expect(await bench.stored()).toBe('5');
  });

  it('makes one request at a time, and skips what is old by then', async () => {
    let open = (): void => undefined;
    bench.store.gate = new Promise((resolve) => void (open = resolve));
    for (let offset = 1n; offset <= 50n; offset++) await bench.move(offset);
    open();
    await bench.clock.advance(0);

    expect(bench.store.most).toBe(1);
    expect(bench.store.saves.map(({ set }) => set.get('at:0:t1'))).toEqual(['1', '50']);
  });

  it('says now and then that the instance is used, with all of it', async () => {
    bench.saver.used(bench.read);
    await bench.clock.advance(touchMs);
    expect(bench.store.saves).toEqual([]);
    bench.saver.used(bench.read);
    bench.saver.used(bench.read);
    await bench.clock.advance(0);

    expect(bench.store.saves).toHaveLength(1);
    expect(bench.store.saves[0]?.set).toEqual(toFields(options, bench.state));
    await bench.clock.advance(ttlMs - 1);
    expect(await bench.memory.look(options)).toMatchObject({ outcome: 'found' });
  });

  it('writes all of an instance that the store has forgotten', async () => {
    bench.memory.flush();
    await bench.move(7n);

    expect(bench.store.count('restore')).toBe(1);
    expect(await bench.stored()).toBe('7');
    expect(bench.lost).toBe(0);
  });

  it('says once that the instance is another one’s, and is silent from then on', async () => {
    await bench.memory.adopt(options, epoch, other, ttlMs);
    await bench.move(7n);
    await bench.move(8n);
    await bench.saver.persist(bench.read);

    expect(bench.lost).toBe(1);
    expect(bench.store.calls).toEqual(['save']);
  });

  it('does not bring back what was removed', async () => {
    await bench.memory.remove(options, epoch, other, 'r');
    await bench.move(7n);

    expect(bench.lost).toBe(1);
    expect(await bench.memory.look(options)).toMatchObject({ outcome: 'removed' });
  });

  it.each(['before', 'after'] as const)(
    'tries again later when the store fails %s the effect',
    async (fails) => {
      bench.store.fails = fails;
      await bench.move(7n);
      await bench.move(8n);
      expect(bench.store.calls).toEqual(['save']);
      bench.store.fails = undefined;
      await bench.clock.advance(500);

      expect(bench.store.calls).toEqual(['save', 'restore']);
      expect(await bench.stored()).toBe('8');
    },
  );

  it('leaves a store alone of which the lease says that it is away', async () => {
    bench.store.fails = 'before';
    bench.lease.storeAnswers = false;
    await bench.move(7n);
    await bench.clock.advance(60_000);
    expect(bench.store.calls).toHaveLength(1);
    bench.store.fails = undefined;
    bench.lease.storeAnswers = true;
    await bench.clock.advance(500);

    expect(await bench.stored()).toBe('7');
    expect(bench.clock.pending).toBe(0);
  });

  it('persists: resolves when it is written, or when that takes too long', async () => {
    let isDone = false;
    bench.state = at(3n);
    bench.store.fails = 'before';
    const persisting = bench.saver.persist(bench.read).then(() => (isDone = true));
    await bench.clock.advance(400);
    expect(isDone).toBe(false);
    bench.store.fails = undefined;
    await bench.clock.advance(100);
    await persisting;
    expect(await bench.stored()).toBe('3');

    const late = new Bench();
    late.store.gate = new Promise(() => undefined);
    let isLate = false;
    void late.saver.persist(late.read).then(() => (isLate = true));
    await late.clock.advance(999);
    expect(isLate).toBe(false);
    await late.clock.advance(1);
    expect(isLate).toBe(true);
  });

  describe('saving', () => {
    /** @returns whether it has resolved */
    function watch(saving: Promise<void> | undefined): () => boolean {
      let isDone = false;
      void saving?.then(() => (isDone = true));
      return () => isDone;
    }

    it('resolves when all is written that has changed, and there is nothing to wait for then', async () => {
      expect(bench.saver.saving(0, bench.read)).toBeUndefined();
      let open = (): void => undefined;
      bench.store.gate = new Promise((resolve) => void (open = resolve));
      await bench.move(1n);
      await bench.move(2n);
      const isDone = watch(bench.saver.saving(0, bench.read));
      await bench.clock.advance(100);
      expect(isDone()).toBe(false);
      open();
      await bench.clock.advance(0);

      expect(isDone()).toBe(true);
      expect(bench.store.saves.map(({ set }) => set.get('at:0:t1'))).toEqual(['1', '2']);
      expect(bench.saver.saving(0, bench.read)).toBeUndefined();
      expect(bench.clock.pending).toBe(0);
    });

    it('waits for 250 ms from when the store was asked, whoever waits', async () => {
      bench.store.gate = new Promise(() => undefined);
      await bench.move(1n);
      await bench.clock.advance(200);
      const isDone = watch(bench.saver.saving(0, bench.read));
      await bench.clock.advance(49);
      expect(isDone()).toBe(false);
      await bench.clock.advance(1);

      expect(isDone()).toBe(true);
      expect(bench.saver.saving(0, bench.read)).toBeUndefined();
    });

    it('waits for no store that has just failed, or is known to be away', async () => {
      bench.store.fails = 'before';
      await bench.move(1n);
      expect(bench.saver.saving(0, bench.read)).toBeUndefined();

      const late = new Bench();
      late.store.gate = new Promise(() => undefined);
      await late.move(1n);
      late.lease.storeAnswers = false;
      expect(late.saver.saving(0, late.read)).toBeUndefined();
    });

    it('asks whose the instance is when the store was told nothing since then', async () => {
      await bench.clock.advance(1_000);
      expect(bench.saver.saving(0, bench.read)).toBeUndefined();
      await bench.saver.saving(1_000, bench.read);
      expect(bench.store.saves).toHaveLength(1);
      expect(bench.saver.saving(1_000, bench.read)).toBeUndefined();

      await bench.memory.adopt(options, epoch, other, ttlMs);
      await bench.clock.advance(1_000);
      expect(bench.lost).toBe(0);
      await bench.saver.saving(2_000, bench.read);
      expect(bench.lost).toBe(1);
    });

    it('resolves when the save fails', async () => {
      let open = (): void => undefined;
      bench.store.gate = new Promise((resolve) => void (open = resolve));
      bench.store.fails = 'after';
      await bench.move(1n);
      const isDone = watch(bench.saver.saving(0, bench.read));
      open();
      await bench.clock.advance(0);

      expect(isDone()).toBe(true);
    });
  });

  it('asks the store whose the instance is, also when nothing has changed', async () => {
    await bench.memory.adopt(options, epoch, other, ttlMs);
    await bench.saver.persist(bench.read);

    expect(bench.lost).toBe(1);
  });

  it('keeps nobody waiting once it has stopped', async () => {
    bench.store.fails = 'before';
    const persisting = bench.saver.persist(bench.read);
    await bench.clock.advance(0);
    bench.saver.stop();
    await persisting;
    await bench.clock.advance(500);
    await bench.move(9n);

    expect(bench.clock.pending).toBe(0);
    expect(bench.store.calls).toEqual(['save']);
    expect(bench.lost).toBe(0);
  });

  it('is in doubt until the store has all of it under the new name, also when a save is under way', async () => {
    let open = (): void => undefined;
    bench.store.gate = new Promise((resolve) => void (open = resolve));
    await bench.move(1n);
    bench.lease.formerly.push(me.incarnation);
    bench.lease.replica = { ...me, incarnation: 'a-2' };
    bench.saver.doubt();
    expect(bench.saver.isSure).toBe(false);
    open();
    await bench.clock.advance(0);

    expect(bench.saver.isSure).toBe(true);
    expect(bench.store.calls).toEqual(['save', 'restore']);
    expect(await bench.memory.look(options)).toMatchObject({ placement: { incarnation: 'a-2', epoch } });
  });

  it('does not put the expiry off for what is not used', async () => {
    await bench.clock.advance(300);
    bench.state = { ...at(3n), usedAt: 100 };
    await bench.saver.persist(bench.read);
    const adopted = await bench.memory.adopt(options, epoch, me, 1);

    expect(adopted).toMatchObject({ remainingMs: ttlMs - 200 });
  });

  it('outlives a state that cannot be read', async () => {
    bench.saver.changed(() => {
      throw new Error('a fault of ours');
    });
    await bench.clock.advance(0);
    await bench.move(4n);
    await bench.clock.advance(500);

    expect(await bench.stored()).toBe('4');
  });
});
