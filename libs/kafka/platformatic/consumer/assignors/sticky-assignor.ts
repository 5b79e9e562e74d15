import type { Assignor, Candidate, LastAssignment, Shares } from './assignor.ts';
import { stickyShares } from './sticky-shares.ts';
import { decodeStickyData, encodeStickyData } from './sticky-user-data.ts';

/** Even shares that move little; everybody stops while the group rebalances. */
export class StickyAssignor implements Assignor {
  readonly name = 'sticky';
  readonly cooperative = false;

  userData(last: LastAssignment | undefined): Buffer | null {
    return last === undefined ? null : encodeStickyData(last);
  }

  assign(partitionCounts: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shares {
    return stickyShares(partitionCounts, candidates, ({ userData }) => decodeStickyData(userData));
  }
}
