import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { DeliveryReports } from '../../apps/rest-proxy/src/replicas/delivery-reports.ts';
import { LinkEndpoint } from '../../apps/rest-proxy/src/replicas/link-endpoint.ts';
import { PeerConnections } from '../../apps/rest-proxy/src/replicas/peer-connections.ts';
import { SilenceWatch } from '../../apps/rest-proxy/src/replicas/silence-watch.ts';
import { ServerState } from '../../apps/rest-proxy/src/http/server-state.ts';
import type { DynamicModule } from '@nestjs/common';
import { ContractApp } from './contract-app.ts';
import { FakeReplicaRouter } from './fakes/fake-replica-router.ts';

export const replicaSettings = {
  'redis.url': 'redis://127.0.0.1:1',
  'internal.listeners': 'http://127.0.0.1:0',
  'internal.secret': 'the secret of the replicas',
};

/** What is under way in a replica; all zero when nothing is. */
export interface UnderWay {
  readonly requests: number;
  readonly bytes: number;
  readonly sentOn: number;
  readonly silence: number;
  readonly reports: number;
  readonly waiting: number;
}

export const nothingUnderWay: UnderWay = {
  requests: 0,
  bytes: 0,
  sentOn: 0,
  silence: 0,
  reports: 0,
  waiting: 0,
};

/** Two replicas in one process: what comes to the edge is sent on to the owner. */
export class ReplicaPair {
  private constructor(
    readonly edge: ContractApp,
    readonly edgeRouter: FakeReplicaRouter,
    readonly owner: ContractApp,
    readonly ownerRouter: FakeReplicaRouter,
  ) {}

  static async start(
    settings: Readonly<Record<string, string>> = {},
    ofOwner: Readonly<Record<string, string>> = {},
    more: readonly DynamicModule[] = [],
  ): Promise<ReplicaPair> {
    const edgeRouter = new FakeReplicaRouter();
    const ownerRouter = new FakeReplicaRouter();
    const all = { ...replicaSettings, ...settings };
    const edge = await ContractApp.start(all, { more, replication: edgeRouter.module() });
    const owner = await ContractApp.start(
      { ...all, ...ofOwner },
      { more, replication: ownerRouter.module() },
    );
    edgeRouter.owner = { incarnation: 'owner-1', address: owner.internalUrl, epoch: 7 };
    return new ReplicaPair(edge, edgeRouter, owner, ownerRouter);
  }

  /** What has been handed out for other replicas and was not forgotten yet. */
  get deliveries(): ForwardedDeliveries {
    return this.owner.proxy.app.get(ForwardedDeliveries, { strict: false });
  }

  underWay(app: ContractApp): UnderWay {
    const get = <T>(token: abstract new (...args: never[]) => T): T =>
      app.proxy.app.get<T>(token, { strict: false });
    return {
      requests: get(ServerState).requestsInFlight,
      bytes: get(ServerState).bytesInFlight,
      sentOn: get(PeerConnections).running,
      silence: get(SilenceWatch).size,
      reports: get(DeliveryReports).pending,
      waiting: get(LinkEndpoint).waiting,
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.edge.close(), this.owner.close()]);
  }
}
