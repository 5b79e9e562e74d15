import { Injectable } from '@nestjs/common';
import type { ConsumerInstanceName } from '#libs/consumers/consumer-registry.ts';
import { PeerUnavailableError } from '#libs/replicas/peer-unavailable.error.ts';
import { Peers } from '#libs/replicas/peers.ts';
import type { Placement } from '#libs/replicas/placement.ts';
import { PeerConnections } from './peer-connections.ts';
import { placementOf } from './placement-json.ts';

const askMs = 300;
const takeOverMs = 5_000;

/** Replicas ask each other through their internal listeners. */
@Injectable()
export class HttpPeers extends Peers {
  constructor(private readonly connections: PeerConnections) {
    super();
  }

  ask(address: string, name: ConsumerInstanceName): Promise<Placement | undefined> {
    return this.#send(address, 'GET', pathOf(name), askMs);
  }

  takeOver(address: string, name: ConsumerInstanceName, epoch: number): Promise<Placement | undefined> {
    return this.#send(address, 'POST', `${pathOf(name)}/take-over`, takeOverMs, String(epoch));
  }

  async #send(
    address: string,
    method: 'GET' | 'POST',
    path: string,
    limitMs: number,
    body?: string,
  ): Promise<Placement | undefined> {
    let answer;
    try {
      answer = await this.connections.control(address, method, path, limitMs, body);
    } catch (cause) {
      throw new PeerUnavailableError(`${address} does not answer`, { cause });
    }
    if (answer.status === 404) return undefined;
    const placement = answer.status === 200 ? placementOf(answer.text) : undefined;
    if (placement === undefined) throw new PeerUnavailableError(`${address} answers ${answer.status}`);
    return placement;
  }
}

const pathOf = ({ group, id }: ConsumerInstanceName): string =>
  `/replica/instances/${encodeURIComponent(group.toWellFormed())}/${encodeURIComponent(id.toWellFormed())}`;
