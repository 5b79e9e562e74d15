import { describe, expect, it } from 'vitest';
import { PartitionState } from './partition-state.ts';
import { ResumedPositions } from './resumed-positions.ts';

const resume = {
  memberId: 'm',
  generationId: 7,
  positions: [
    { topic: 't1', partition: 0, offset: 5n },
    { topic: 't1', partition: 1, offset: 6n },
  ],
};
const statesOf = (...partitions: readonly number[]): PartitionState[] =>
  partitions.map((partition) => new PartitionState({ topic: 't1', partition }));

describe('ResumedPositions', () => {
  it('hold when the group has kept its generation', () => {
    const states = statesOf(0, 1, 2);
    new ResumedPositions(resume).give(states, 7);

    expect(states.map(({ position, lookup }) => [position, lookup])).toEqual([
      [5n, undefined],
      [6n, undefined],
      [undefined, 'committed'],
    ]);
  });

  it('are for what was never committed when the group has gone on', () => {
    const states = statesOf(0, 2);
    new ResumedPositions(resume).give(states, 8);

    expect(states.map(({ position, lookup, uncommitted }) => [position, lookup, uncommitted])).toEqual([
      [undefined, 'committed', 5n],
      [undefined, 'committed', undefined],
    ]);
  });

  it('are for the first partitions only, however late they come', () => {
    const resumed = new ResumedPositions(resume);
    resumed.give([], 7);
    const [first, second] = [statesOf(0), statesOf(0, 1)];
    resumed.give(first, 8);
    resumed.give(second, 7);

    expect(first[0]?.uncommitted).toBe(5n);
    expect(second.map(({ position, uncommitted }) => [position, uncommitted])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('are none of a member that continues nobody', () => {
    const states = statesOf(0);
    new ResumedPositions(undefined).give(states, 1);

    expect(states[0]?.lookup).toBe('committed');
  });
});
