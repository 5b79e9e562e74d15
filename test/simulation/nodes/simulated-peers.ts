import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { PeerUnavailableError } from '#libs/replicas/peer-unavailable.error.ts';
import { Peers } from '#libs/replicas/peers.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import type { ReplicaRouter } from '#libs/replicas/replica-router.ts';
import { CallFailedError } from '../engine/network.ts';
import type { Host } from '../engine/simulated-process.ts';
import type { World } from '../world.ts';

const askMs = 300;
const takeOverMs = 5_000;

/** The other replicas as one replica sees them. */
export class SimulatedPeers extends Peers {
  constructor(
    private readonly world: World,
    private readonly host: Host,
  ) {
    super();
  }

  override ask(address: string, name: ConsumerInstanceName): Promise<Placement | undefined> {
    return this.#ask(address, askMs, (router) => router.held(name));
  }

  override takeOver(
    address: string,
    name: ConsumerInstanceName,
    epoch: number,
  ): Promise<Placement | undefined> {
    return this.#ask(address, takeOverMs, (router) => router.takeOver(name, epoch));
  }

  async #ask(
    address: string,
    limitMs: number,
    request: (router: ReplicaRouter) => Placement | undefined | Promise<Placement | undefined>,
  ): Promise<Placement | undefined> {
    const { network } = this.world;
    const target = this.world.nodeAt(address);
    try {
      return await network.call(this.host, target, limitMs, () => {
        const { running } = target;
        return running === undefined ? undefined : request(running.router);
      });
    } catch (error) {
      if (!(error instanceof CallFailedError)) throw error;
      throw new PeerUnavailableError(error.message, { cause: error });
    }
  }
}
