import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyInstanceStore } from '../../test/support/fakes/faulty-instance-store.ts';
import { ManualClock } from '../../test/support/fakes/manual-clock.ts';
import { RecordingReplicaEvents } from '../../test/support/fakes/recording-replica-events.ts';
import { Lease } from './lease.ts';
import { MemoryInstanceStore } from './memory/memory-instance-store.ts';

const leaseMs = 6_000;
const renewMs = 2_000;

class Bench {
  readonly clock = new ManualClock();
  readonly memory = new MemoryInstanceStore(this.clock);
  readonly store = new FaultyInstanceStore(this.memory);
  readonly events = new RecordingReplicaEvents();
  readonly told: string[] = [];
  readonly lease = this.of('a', this.store);

  of(name: string, store: FaultyInstanceStore): Lease {
    let starts = 0;
    const settings = { replicaName: name, address: `http://${name}`, leaseMs, renewMs };
    return new Lease(store, this.clock, settings, this.events, () => `${name}-${++starts}`);
  }

  start(): Promise<void> {
    return this.lease.start({
      renewed: () => void this.told.push('renewed'),
      renewedAnew: () => void this.told.push(`anew, valid: ${this.lease.isValid}`),
    });
  }
}

describe('Lease', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
  });

  it('is renewed for as long as the process lives', async () => {
    expect(bench.lease.isValid).toBe(false);
    await bench.start();
    await bench.clock.advance(60_000);

    expect(bench.lease.isValid).toBe(true);
    expect(await bench.memory.isAlive('a-1')).toBe(true);
    expect(bench.store.count('renew')).toBe(31);
  });

  it('counts from before the store was asked: nobody takes it for ended while it is valid here', async () => {
    let open = (): void => undefined;
    bench.store.gate = new Promise((resolve) => void (open = resolve));
    const starting = bench.start();
    await bench.clock.advance(2_000);
    open();
    await starting;
    bench.store.fails = 'before';
    await bench.clock.advance(leaseMs - 2_001);

    expect(bench.lease.isValid).toBe(true);
    await bench.clock.advance(1);
    expect(bench.lease.isValid).toBe(false);
    expect(await bench.memory.isAlive('a-1')).toBe(true);
  });

  it('is not counted when the answer is lost', async () => {
    bench.store.fails = 'after';
    await bench.start();

    expect(bench.lease.isValid).toBe(false);
    expect(bench.events.storeUp).toBe(false);
    expect(bench.lease.storeAnswers).toBe(false);
  });

  it('tries again soon when the store is away, and says when it is back', async () => {
    bench.store.fails = 'before';
    await bench.start();
    await bench.clock.advance(1_600);
    expect(bench.store.count('renew')).toBe(4);
    bench.store.fails = undefined;
    await bench.clock.advance(500);

    expect(bench.lease.isValid).toBe(true);
    expect(bench.lease.storeAnswers).toBe(true);
    expect(bench.events.storeUp).toBe(true);
  });

  it('goes on under a new name when it was lost, and is not valid before that is known', async () => {
    await bench.start();
    bench.memory.flush();
    await bench.clock.advance(renewMs);

    expect(bench.lease.replica.incarnation).toBe('a-2');
    expect(bench.lease.formerly).toEqual(['a-1']);
    expect(bench.told).toEqual(['renewed', 'anew, valid: false', 'renewed']);
    expect(bench.events.fences).toEqual(['lease']);
    expect(bench.lease.isValid).toBe(true);
  });

  it.each(['replicas', 'renew'] as const)(
    'tells that it goes on under a new name, also when the store fails meanwhile: %s',
    async (call) => {
      await bench.start();
      bench.memory.flush();
      bench.store.failing = [call];
      bench.store.fails = 'after';
      await bench.clock.advance(renewMs);
      bench.store.fails = undefined;
      await bench.clock.advance(renewMs);

      expect(bench.told.filter((one) => one.startsWith('anew'))).toHaveLength(1);
      expect(await bench.memory.isAlive(bench.lease.replica.incarnation)).toBe(true);
    },
  );

  it('knows the others, those that drain, and those that are dead', async () => {
    const store = new FaultyInstanceStore(bench.memory);
    const other = bench.of('b', store);
    await other.start({ renewed() {}, renewedAnew() {} });
    await bench.start();
    expect(bench.lease.takers.map(({ incarnation }) => incarnation)).toEqual(['b-1']);

    await other.drain();
    await bench.clock.advance(renewMs);
    expect(bench.lease.takers).toEqual([]);
    expect(bench.lease.others.map(({ incarnation }) => incarnation)).toEqual(['b-1']);

    await other.end();
    await bench.clock.advance(renewMs);
    expect(bench.lease.others).toEqual([]);
    expect(bench.lease.dead).toEqual(['b-1']);
    const { pending } = bench.clock;
    await bench.lease.end();
    expect(bench.clock.pending).toBe(pending - 1);
    expect(bench.lease.isValid).toBe(false);
    expect(await bench.memory.isAlive('a-1')).toBe(false);
  });

  it('remembers whom an emptied store does not know again yet, for a while', async () => {
    const store = new FaultyInstanceStore(bench.memory);
    await bench.of('b', store).start({ renewed() {}, renewedAnew() {} });
    await bench.start();
    store.fails = 'before';
    bench.memory.flush();
    await bench.clock.advance(renewMs);

    expect(bench.lease.others).toEqual([]);
    expect(bench.lease.known.map(({ address }) => address)).toEqual(['http://b']);
    await bench.clock.advance(2 * leaseMs);
    expect(bench.lease.known).toEqual([]);
  });

  it('knows the time of the store, or a little less', async () => {
    expect(bench.lease.storeTimeMs).toBeUndefined();
    await bench.start();
    const shown = bench.lease.storeTimeMs ?? 0;

    expect(shown).toBeLessThanOrEqual(Date.now());
    expect(shown).toBeGreaterThan(Date.now() - 60_000);
    bench.store.fails = 'before';
    await bench.clock.advance(100_000);
    expect(bench.lease.storeTimeMs).toBeGreaterThanOrEqual(shown + 100_000);
  });

  it('forgets nobody while the store is away', async () => {
    const store = new FaultyInstanceStore(bench.memory);
    await bench.of('b', store).start({ renewed() {}, renewedAnew() {} });
    await bench.start();
    store.fails = 'before';
    bench.store.fails = 'before';
    await bench.clock.advance(10 * leaseMs);
    bench.memory.flush();
    bench.store.fails = undefined;
    await bench.clock.advance(renewMs);

    expect(bench.lease.known.map(({ address }) => address)).toContain('http://b');
  });
});
