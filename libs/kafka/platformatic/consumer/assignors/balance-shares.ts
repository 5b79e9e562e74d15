import type { TopicPartition } from '../../../kafka-types.ts';
import type { Candidate, Shares } from './assignor.ts';
import { subscribersByTopic } from './candidates.ts';

interface Member {
  /** What was its own before comes first. */
  readonly share: TopicPartition[];
}

/**
 * Gives out `open` partitions among members with different subscriptions and evens the shares out.
 *
 * After it no chain of moves (a partition from A to B, one of B's to C, …) makes the largest and smallest share of its
 * ends more alike: the balance is the best there is, at the price of as few moves as the chains need.
 */
export function balanceShares(
  shares: Shares,
  open: readonly TopicPartition[],
  candidates: readonly Candidate[],
): void {
  const members = new Map<string, Member>();
  for (const [id, share] of shares) members.set(id, { share });
  const readers = new Map<string, Member[]>();
  for (const [topic, list] of subscribersByTopic(candidates)) {
    const found = list.map(({ memberId }) => members.get(memberId)).filter((member) => member !== undefined);
    readers.set(topic, found);
  }
  // Those that few can read first: whoever has a choice adapts.
  const choices = (one: TopicPartition): number => readers.get(one.topic)?.length ?? 0;
  for (const partition of [...open].sort((a, b) => choices(a) - choices(b))) {
    smallest(readers.get(partition.topic) ?? [])?.share.push(partition);
  }
  while (improve([...members.values()], readers)) {
    // Each round makes the sum of the squared sizes smaller: it ends.
  }
}

function smallest(members: readonly Member[]): Member | undefined {
  let found = members[0];
  for (const member of members)
    if (found !== undefined && member.share.length < found.share.length) found = member;
  return found;
}

function improve(members: readonly Member[], readers: ReadonlyMap<string, readonly Member[]>): boolean {
  for (const from of members.toSorted((a, b) => b.share.length - a.share.length)) {
    const chain = chainFrom(from, readers);
    if (chain === undefined) continue;
    for (let i = chain.length - 1; i > 0; i--) move(chain[i - 1], chain[i], readers);
    return true;
  }
  return false;
}

/** The shortest chain of members from `from` to one with at least two partitions fewer. */
function chainFrom(
  from: Member,
  readers: ReadonlyMap<string, readonly Member[]>,
): readonly Member[] | undefined {
  const before = new Map<Member, Member | undefined>([[from, undefined]]);
  for (const at of before.keys()) {
    if (at.share.length <= from.share.length - 2) {
      const chain = [at];
      for (let step = before.get(at); step !== undefined; step = before.get(step)) chain.unshift(step);
      return chain;
    }
    for (const topic of new Set(at.share.map((one) => one.topic))) {
      for (const reader of readers.get(topic) ?? []) if (!before.has(reader)) before.set(reader, at);
    }
  }
  return undefined;
}

function move(
  from: Member | undefined,
  to: Member | undefined,
  readers: ReadonlyMap<string, readonly Member[]>,
): void {
  if (from === undefined || to === undefined) return;
  // The last ones came last: what was its own before goes only when nothing else can.
  const index = from.share.findLastIndex((one) => readers.get(one.topic)?.includes(to) === true);
  if (index < 0) return;
  to.share.push(...from.share.splice(index, 1));
}
