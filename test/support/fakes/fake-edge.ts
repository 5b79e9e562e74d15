import { vi } from 'vitest';
import type { DeliveryReport } from '../../../apps/rest-proxy/src/replicas/delivery-report.ts';
import type { RequestHead } from '../../../apps/rest-proxy/src/replicas/hop-heads.ts';
import { PeerConnections } from '../../../apps/rest-proxy/src/replicas/peer-connections.ts';
import { SilenceWatch } from '../../../apps/rest-proxy/src/replicas/silence-watch.ts';
import { FakeLinkCall } from './fake-link-call.ts';

/** Another replica that has the clients' connections; its end of the link is that of the proxy. */
export class FakeEdge {
  /** Deliveries that it was asked about. */
  readonly asked: string[] = [];
  /** Whether the clients that it is asked about have not gone. */
  still = true;
  readonly connections: PeerConnections;

  /** @param address of the internal listener of the replica that answers */
  constructor(
    private readonly address: string,
    secret: string,
  ) {
    this.connections = new PeerConnections(
      { secret, acceptedSecrets: [secret], tls: {}, checksHost: true },
      new SilenceWatch(),
      (id) => {
        this.asked.push(id);
        return Promise.resolve(this.still);
      },
    );
  }

  /** @param takes tells that it has taken what came of the answer */
  send(head: Partial<RequestHead>, body = '', takes = true): FakeLinkCall {
    const call = new FakeLinkCall(takes);
    const whole: RequestHead = {
      method: 'GET',
      target: '/',
      requestId: 'r',
      epoch: 7,
      ...head,
      headers: { host: 'p', ...head.headers },
    };
    call.exchange = this.connections.forward(this.address, whole, Buffer.from(body), call);
    return call;
  }

  /** Resolves when it was heard. */
  async report(...reports: readonly DeliveryReport[]): Promise<void> {
    for (const report of reports) this.connections.report(this.address, report);
    await vi.waitUntil(() => this.connections.unheard === 0, { timeout: 10_000 });
  }

  async close(): Promise<void> {
    await this.connections.close();
  }
}
