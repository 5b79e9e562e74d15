import { describe, expect, it, vi } from 'vitest';
import type { GroupOffsets } from './group/group-offsets.ts';
import { PartitionState } from './partition-state.ts';
import type { PositionLookup } from './position-lookup.ts';
import { PositionResolver, type ResolverOptions } from './position-resolver.ts';

/** A partition whose group has committed `committed`, looked up. */
async function resolved(
  committed: bigint | undefined,
  uncommitted: bigint | undefined,
  reset: ResolverOptions['reset'],
): Promise<PartitionState> {
  const state = new PartitionState({ topic: 't1', partition: 0 });
  state.uncommitted = uncommitted;
  const found =
    committed === undefined
      ? []
      : [{ topic: 't1', partition: 0, offset: committed, leaderEpoch: 3, metadata: null }];
  const offsets = { committed: () => Promise.resolve(found) } as unknown as GroupOffsets;
  const lookup = {
    find: ([one]: readonly PartitionState[]) => {
      one?.seek(100n);
      return Promise.resolve();
    },
  } as unknown as PositionLookup;
  const changed = vi.fn<() => void>();
  const options = { groupId: 'g', reset, requireStable: false, retryBackoffMs: 1, retryBackoffMaxMs: 1 };
  new PositionResolver(offsets, lookup, options, changed).resolve([state]);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
  return state;
}

describe('PositionResolver', () => {
  it.each([
    ['what was committed', 7n, undefined, 7n],
    ['what was committed, whatever another process knew', 7n, 9n, 7n],
    ['what another process knew, where nothing was committed', undefined, 9n, 9n],
    ['what auto.offset.reset says, where nobody knows', undefined, undefined, 100n],
  ] as const)('begins at %s', async (_, committed, uncommitted, expected) => {
    const state = await resolved(committed, uncommitted, 'latest');

    expect([state.position, state.lookup]).toEqual([expected, undefined]);
  });

  it('needs no auto.offset.reset where another process knew', async () => {
    expect((await resolved(undefined, 0n, 'none')).position).toBe(0n);
    expect((await resolved(undefined, undefined, 'none')).failure?.error.kind).toBe('OFFSET_OUT_OF_RANGE');
  });
});
