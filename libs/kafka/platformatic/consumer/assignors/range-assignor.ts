import { compareText } from '../topic-partitions.ts';
import type { Assignor, Candidate, Shares } from './assignor.ts';
import { compareCandidates, emptyShares, subscribersByTopic } from './candidates.ts';

/** Each topic for itself: its partitions in order, cut into one range a member; the first ones get the longer. */
export class RangeAssignor implements Assignor {
  readonly name = 'range';
  readonly cooperative = false;

  userData(): null {
    return null;
  }

  assign(partitionCounts: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shares {
    const shares = emptyShares(candidates);
    const subscribers = subscribersByTopic([...candidates].sort(compareCandidates));
    for (const topic of [...subscribers.keys()].sort(compareText)) {
      const members = subscribers.get(topic) ?? [];
      const count = partitionCounts.get(topic) ?? 0;
      const each = Math.floor(count / members.length);
      const longer = count % members.length;
      let partition = 0;
      for (const [index, { memberId }] of members.entries()) {
        const share = shares.get(memberId);
        const length = each + (index < longer ? 1 : 0);
        for (const end = partition + length; partition < end; partition++) share?.push({ topic, partition });
      }
    }
    return shares;
  }
}
