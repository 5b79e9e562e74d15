import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { PeerUnavailableError } from './peer-unavailable.error.ts';
import type { LiveReplica, Placement } from './placement.ts';
import { byRendezvous } from './rendezvous.ts';

/** What replicas ask of each other, besides the requests that they forward. */
export abstract class Peers {
  /**
   * Asks a replica whether it holds an instance.
   *
   * @returns undefined when it does not
   * @throws {PeerUnavailableError} when it does not answer within a fraction of a second
   */
  abstract ask(address: string, name: ConsumerInstanceName): Promise<Placement | undefined>;

  /**
   * Asks a replica to take over an instance that has this epoch; it is served there when this resolves.
   *
   * @returns undefined when the replica refuses
   * @throws {PeerUnavailableError} when it does not answer within a few seconds; it may have taken it over
   */
  abstract takeOver(
    address: string,
    name: ConsumerInstanceName,
    epoch: number,
  ): Promise<Placement | undefined>;
}

/** Whether a replica holds an instance; `unknown` when it does not answer. */
export async function askPeer(
  name: ConsumerInstanceName,
  peers: Peers,
  address: string,
): Promise<Placement | undefined | 'unknown'> {
  try {
    return await peers.ask(address, name);
  } catch (error) {
    if (error instanceof PeerUnavailableError) return 'unknown';
    throw error;
  }
}

/**
 * Asks the replicas that are there, and those that were there a short time ago, which of them holds an instance; the
 * latest owner where several say so.
 *
 * @returns `unknown` when none says so, and not all have answered
 */
export async function peerThatHolds(
  name: ConsumerInstanceName,
  peers: Peers,
  { known }: { readonly known: readonly LiveReplica[] },
): Promise<Placement | undefined | 'unknown'> {
  const answers = await Promise.all(known.map(({ address }) => askPeer(name, peers, address)));
  let best: Placement | undefined;
  for (const one of answers) if (one !== 'unknown' && (one?.epoch ?? -1) > (best?.epoch ?? -1)) best = one;
  return best ?? (answers.includes('unknown') ? 'unknown' : undefined);
}

/** So many are asked to take one instance over. */
const mostTakersTried = 2;

/**
 * Has another replica take an instance over: the one that it belongs to first.
 *
 * @param takers those that can
 * @returns where it is now; undefined when none of them has taken it, as far as is known
 */
export async function takenOverByAnother(
  name: ConsumerInstanceName,
  epoch: number,
  peers: Peers,
  { takers }: { readonly takers: readonly LiveReplica[] },
): Promise<Placement | undefined> {
  for (const { address } of byRendezvous(name, takers).slice(0, mostTakersTried)) {
    try {
      const placement = await peers.takeOver(address, name, epoch);
      if (placement !== undefined) return placement;
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
    }
  }
  return undefined;
}
