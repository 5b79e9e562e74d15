import { createHash } from 'node:crypto';
import { consumerInstanceKey } from '#libs/consumers/consumer-instance-key.ts';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import type { Replica } from './placement.ts';

/**
 * Orders replicas by how much an instance belongs to them (rendezvous hashing).
 *
 * All replicas come to the same order, and when one is gone only what belonged to it moves.
 */
export function byRendezvous<T extends Pick<Replica, 'incarnation'>>(
  name: ConsumerInstanceName,
  replicas: readonly T[],
): readonly T[] {
  const key = consumerInstanceKey(name);
  const weighed = replicas.map((replica) => ({
    replica,
    weight: createHash('sha1').update(replica.incarnation).update('\0').update(key).digest('hex'),
  }));
  return weighed.sort((a, b) => (a.weight < b.weight ? 1 : -1)).map(({ replica }) => replica);
}
