import { describe, expect, it } from 'vitest';
import type { ConsumerInstanceOptions } from '#libs/consumers/consumer-instance-options.ts';
import type { ConsumerInstanceState } from '#libs/consumers/consumer-registry.ts';
import { fromFields, patchOf, toFields } from './instance-fields.ts';

const options: ConsumerInstanceOptions = {
  group: 'g/1',
  id: 'ä"\n',
  format: 'json',
  autoOffsetReset: 'earliest',
  autoCommit: false,
  fetchMinBytes: -1,
  requestTimeoutMs: 1_000,
};

const states: readonly ConsumerInstanceState[] = [
  { source: { kind: 'none' }, positions: [], membership: undefined },
  {
    source: { kind: 'topics', topics: ['t1', 't:2'] },
    positions: [
      { topic: 't1', partition: 0, offset: 2n ** 63n - 1n },
      { topic: 't:2', partition: 12, offset: 0n },
    ],
    membership: { memberId: 'm-1', generationId: 7 },
  },
  { source: { kind: 'pattern', pattern: 'a.*' }, positions: [], membership: undefined },
  {
    source: { kind: 'assigned', partitions: [{ topic: 't1', partition: 3 }] },
    positions: [{ topic: 't1', partition: 3, offset: 5n }],
    membership: undefined,
  },
];

describe('Fields of an instance', () => {
  it.each(states)('say all of it: $source.kind', (state) => {
    expect(fromFields(toFields(options, state))).toEqual({ options, state });
  });

  it('leave limits open that are open', () => {
    const open = { ...options, fetchMinBytes: undefined };
    const [state] = states;

    expect(state && fromFields(toFields(open, state)).options.fetchMinBytes).toBeUndefined();
  });

  it('are none of ours when somebody else has written them', () => {
    expect(() => fromFields(new Map([['options', 'x']]))).toThrow(SyntaxError);
    expect(() => fromFields(new Map())).toThrow(SyntaxError);
  });

  it('change one by one', () => {
    const before = new Map([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);
    const after = new Map([
      ['a', '1'],
      ['b', '4'],
      ['d', '5'],
    ]);
    const patch = patchOf(before, after);

    expect([...patch.set]).toEqual([
      ['b', '4'],
      ['d', '5'],
    ]);
    expect(patch.drop).toEqual(['c']);
  });
});
