import { compareText } from '../topic-partitions.ts';
import type { Assignor, Candidate, Shares } from './assignor.ts';
import { compareCandidates, emptyShares } from './candidates.ts';

/** All partitions of all topics in order, dealt out to the members in turn; who does not subscribe is passed over. */
export class RoundRobinAssignor implements Assignor {
  readonly name = 'roundrobin';
  readonly cooperative = false;

  userData(): null {
    return null;
  }

  assign(partitionCounts: ReadonlyMap<string, number>, candidates: readonly Candidate[]): Shares {
    const shares = emptyShares(candidates);
    const members = candidates
      .toSorted(compareCandidates)
      .map((candidate) => ({ share: shares.get(candidate.memberId), topics: new Set(candidate.topics) }));
    const topics = new Set(candidates.flatMap((candidate) => candidate.topics));
    let turn = 0;
    for (const topic of [...topics].sort(compareText)) {
      const count = partitionCounts.get(topic) ?? 0;
      for (let partition = 0; partition < count; partition++) {
        while (members[turn]?.topics.has(topic) === false) turn = (turn + 1) % members.length;
        members[turn]?.share?.push({ topic, partition });
        turn = (turn + 1) % members.length;
      }
    }
    return shares;
  }
}
