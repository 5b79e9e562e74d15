import { compareText } from '../topic-partitions.ts';
import type { Candidate, Shares } from './assignor.ts';

/** Java's order of members: static ones first, by instance id, then the others by member id. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  if (a.groupInstanceId !== null && b.groupInstanceId !== null)
    return compareText(a.groupInstanceId, b.groupInstanceId);
  if (a.groupInstanceId !== null) return -1;
  if (b.groupInstanceId !== null) return 1;
  return compareText(a.memberId, b.memberId);
}

export function emptyShares(candidates: readonly Candidate[]): Shares {
  return new Map(candidates.map(({ memberId }) => [memberId, []]));
}

/** Those who subscribe to a topic, in the order given. */
export function subscribersByTopic<T extends Candidate>(candidates: readonly T[]): Map<string, T[]> {
  const subscribers = new Map<string, T[]>();
  for (const candidate of candidates) {
    for (const topic of new Set(candidate.topics)) {
      const list = subscribers.get(topic);
      if (list === undefined) subscribers.set(topic, [candidate]);
      else list.push(candidate);
    }
  }
  return subscribers;
}
