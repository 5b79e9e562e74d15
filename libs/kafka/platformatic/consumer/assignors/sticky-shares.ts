import type { TopicPartition } from '../../../kafka-types.ts';
import { compareText, keyOf } from '../topic-partitions.ts';
import { balanceShares } from './balance-shares.ts';
import type { Candidate, Shares } from './assignor.ts';
import { compareCandidates, emptyShares } from './candidates.ts';

/** What a member says it owned, and when. */
export interface Ownership {
  readonly partitions: readonly TopicPartition[];
  /** -1 when unknown. */
  readonly generationId: number;
}

/**
 * Shares as even as they can be, and among those near to what the members had.
 *
 * The rules of Java's sticky assignors: a partition that two members claim belongs to the one of the later generation,
 * and to neither within the same one.
 */
export function stickyShares(
  partitionCounts: ReadonlyMap<string, number>,
  candidates: readonly Candidate[],
  ownershipOf: (candidate: Candidate) => Ownership,
): Shares {
  const members = [...candidates].sort(compareCandidates);
  const owners = ownersOf(partitionCounts, members, ownershipOf);
  const shares = emptyShares(members);
  for (const [key, { memberId, partition }] of owners) {
    if (memberId === undefined) owners.delete(key);
    else shares.get(memberId)?.push(partition);
  }
  const open = unowned(partitionCounts, members, owners);
  if (sameSubscriptions(members)) fillEvenly(shares, open);
  else balanceShares(shares, open, members);
  return shares;
}

interface Owner {
  /** undefined: claimed twice in one generation. */
  memberId: string | undefined;
  generationId: number;
  readonly partition: TopicPartition;
}

function ownersOf(
  partitionCounts: ReadonlyMap<string, number>,
  members: readonly Candidate[],
  ownershipOf: (candidate: Candidate) => Ownership,
): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const member of members) {
    const { partitions, generationId } = ownershipOf(member);
    const topics = new Set(member.topics);
    for (const partition of partitions) {
      if (!topics.has(partition.topic) || partition.partition >= (partitionCounts.get(partition.topic) ?? 0))
        continue;
      const key = keyOf(partition);
      const owner = owners.get(key);
      if (owner === undefined || owner.generationId < generationId) {
        owners.set(key, { memberId: member.memberId, generationId, partition });
      } else if (owner.generationId === generationId && owner.memberId !== member.memberId) {
        owner.memberId = undefined;
      }
    }
  }
  return owners;
}

function unowned(
  partitionCounts: ReadonlyMap<string, number>,
  members: readonly Candidate[],
  owners: ReadonlyMap<string, Owner>,
): TopicPartition[] {
  const open: TopicPartition[] = [];
  const topics = new Set(members.flatMap((member) => member.topics));
  for (const topic of [...topics].sort(compareText)) {
    const count = partitionCounts.get(topic) ?? 0;
    for (let partition = 0; partition < count; partition++) {
      if (!owners.has(`${topic}-${partition}`)) open.push({ topic, partition });
    }
  }
  return open;
}

function sameSubscriptions(members: readonly Candidate[]): boolean {
  const first = new Set(members[0]?.topics);
  return members.every((member) => {
    const topics = new Set(member.topics);
    return topics.size === first.size && member.topics.every((topic) => first.has(topic));
  });
}

/** Everybody reads everything: each gets the same number, the rest of the division goes to those who had more. */
function fillEvenly(shares: Shares, open: TopicPartition[]): void {
  const total = open.length + [...shares.values()].reduce((sum, share) => sum + share.length, 0);
  const least = Math.floor(total / shares.size);
  let larger = total % shares.size;
  const lists = [...shares.values()];
  for (const share of lists.toSorted((a, b) => b.length - a.length)) {
    const keep = share.length > least && larger > 0 ? least + 1 : least;
    if (share.length > least && larger > 0) larger--;
    open.push(...share.splice(keep));
  }
  open.sort((a, b) => compareText(a.topic, b.topic) || a.partition - b.partition);
  // One a round to each that has too few, so that the partitions of a topic spread over the members.
  let next = 0;
  while (next < open.length) {
    let given = false;
    for (const share of lists) {
      if (next >= open.length) break;
      if (share.length >= least) continue;
      share.push(...open.slice(next, ++next));
      given = true;
    }
    if (given) continue;
    for (const share of lists) {
      if (next < open.length && share.length === least) share.push(...open.slice(next, ++next));
    }
  }
}
