import { describe, expect, it } from 'vitest';
import { AssignedPartitions } from './assigned-partitions.ts';
import { CommitClaim } from './commit-claim.ts';

const partitions = [{ topic: 't', partition: 0 }];

function claim(generationId: number): { assigned: AssignedPartitions; claim: CommitClaim } {
  const assigned = new AssignedPartitions();
  assigned.add(partitions);
  return { assigned, claim: new CommitClaim(assigned, partitions, generationId) };
}

describe('CommitClaim', () => {
  it('holds within a generation, whatever is committed', () => {
    const one = claim(3);
    one.assigned.clear();

    expect(one.claim.stillHolds(3)).toBe(true);
  });

  it('holds over rebalances for what was never given up', () => {
    expect(claim(3).claim.stillHolds(9)).toBe(true);
  });

  it('holds over one rebalance for what came back', () => {
    const one = claim(3);
    one.assigned.clear();
    one.assigned.add(partitions);

    expect(one.claim.stillHolds(4)).toBe(true);
    expect(one.claim.stillHolds(5)).toBe(false);
  });

  it('does not hold for what went to others', () => {
    const one = claim(3);
    one.assigned.clear();

    expect(one.claim.stillHolds(4)).toBe(false);
  });

  it('holds for whoever commits before the first assignment', () => {
    const assigned = new AssignedPartitions();

    expect(new CommitClaim(assigned, partitions, -1).stillHolds(1)).toBe(true);
  });
});
