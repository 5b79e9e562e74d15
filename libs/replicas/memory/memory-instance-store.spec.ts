import { beforeEach, describe, expect, it } from 'vitest';
import { SystemClock } from '#libs/consumers/system-clock.ts';
import {
  instanceStoreContract,
  replica,
  type StoreUnderTest,
} from '../../../test/integration/port-instance-store.contract.ts';
import { ManualClock } from '../../../test/support/fakes/manual-clock.ts';
import { epochsPerMs } from '../instance-store.ts';
import { layoutVersion } from '../placement.ts';
import { MemoryInstanceStore } from './memory-instance-store.ts';

describe('MemoryInstanceStore', () => {
  let underTest: StoreUnderTest;

  beforeEach(() => {
    const store = new MemoryInstanceStore(new SystemClock());
    const newer = new MemoryInstanceStore(new SystemClock(), Date.now, layoutVersion + 1, store);
    underTest = { store, newer, flush: () => Promise.resolve(store.flush()) };
  });

  instanceStoreContract(() => underTest);

  it('lives by the clock and the time that it is given', async () => {
    const clock = new ManualClock();
    const store = new MemoryInstanceStore(clock, () => 42.9);
    const [name, owner] = [{ group: 'g', id: 'i' }, replica()];

    expect(await store.create(name, owner, new Map(), 1_000)).toEqual({
      outcome: 'created',
      epoch: 42 * epochsPerMs,
    });
    await clock.advance(999);
    expect(await store.look(name)).toMatchObject({ outcome: 'found' });
    await store.remove(name, 42 * epochsPerMs, owner, undefined);
    await clock.advance(59_999);
    expect(await store.look(name)).toEqual({ outcome: 'removed', epoch: 43 * epochsPerMs - 1 });
    await clock.advance(1);
    expect(await store.look(name)).toEqual({ outcome: 'missing' });
  });
});
