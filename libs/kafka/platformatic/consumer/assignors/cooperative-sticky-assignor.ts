import { keyOf } from '../topic-partitions.ts';
import type { Assignor, Candidate, LastAssignment, Shares } from './assignor.ts';
import { stickyShares, type Ownership } from './sticky-shares.ts';
import { decodeGeneration, encodeGeneration } from './sticky-user-data.ts';

/**
 * Even shares that move little, and members that read on while the group rebalances.
 *
 * A partition that goes from one member to another is in nobody's share at first: its owner sees that it has lost it,
 * gives it up and joins again, and then the other gets it.
 */
export class CooperativeStickyAssignor implements Assignor {
  readonly name = 'cooperative-sticky';
  readonly cooperative = true;

  userData(last: LastAssignment | undefined): Buffer {
    return encodeGeneration(last?.generationId ?? -1);
  }

  assign(partitionCounts: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shares {
    const shares = stickyShares(partitionCounts, candidates, ownershipOf);
    const holders = new Map<string, Holder>();
    for (const candidate of candidates) {
      const { partitions, generationId } = ownershipOf(candidate);
      for (const key of new Set(partitions.map(keyOf))) claim(holders, key, candidate.memberId, generationId);
    }
    for (const [memberId, share] of shares) {
      const isFree = (key: string): boolean => {
        const holder = holders.get(key);
        return holder === undefined || (holder.memberId === memberId && !holder.contested);
      };
      shares.set(
        memberId,
        share.filter((one) => isFree(keyOf(one))),
      );
    }
    return shares;
  }
}

function ownershipOf({ ownedPartitions, generationId, userData }: Candidate): Ownership {
  return {
    partitions: ownedPartitions,
    generationId: generationId >= 0 ? generationId : decodeGeneration(userData),
  };
}

interface Holder {
  readonly memberId: string;
  readonly generationId: number;
  /** Two members say so of the same generation: both have to give it up first. */
  readonly contested: boolean;
}

function claim(holders: Map<string, Holder>, key: string, memberId: string, generationId: number): void {
  const holder = holders.get(key);
  if (holder === undefined || holder.generationId < generationId) {
    holders.set(key, { memberId, generationId, contested: false });
  } else if (holder.generationId === generationId) {
    holders.set(key, { ...holder, contested: true });
  }
}
