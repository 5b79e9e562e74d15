import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { PeerUnavailableError } from './peer-unavailable.error.ts';
import type { LiveReplica, Placement } from './placement.ts';

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

/** Asks all other replicas which of them holds an instance; the latest owner where several say so. Never rejects. */
export async function peerThatHolds(
  name: ConsumerInstanceName,
  peers: Peers,
  { known }: { readonly known: readonly LiveReplica[] },
): Promise<Placement | undefined> {
  const answers = await Promise.all(
    known.map(async ({ address }) => {
      try {
        return await peers.ask(address, name);
      } catch (error) {
        if (error instanceof PeerUnavailableError) return undefined;
        throw error;
      }
    }),
  );
  return answers.reduce((best, one) => ((one?.epoch ?? -1) > (best?.epoch ?? -1) ? one : best), undefined);
}
