import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { SystemClock } from '#libs/consumers/system-clock.ts';
import { ForwardedDeliveries } from '#libs/replicas/forwarded-deliveries.ts';
import { Peers } from '#libs/replicas/peers.ts';
import type { ReplicasConfig } from '../config/config.ts';
import { AskableAnswers } from './askable-answers.ts';
import { DeliveryReports } from './delivery-reports.ts';
import { ForwardEndpoint } from './forward-endpoint.ts';
import { HopSecret } from './hop-secret.ts';
import { HttpPeers } from './http-peers.ts';
import { LinkEndpoint } from './link-endpoint.ts';
import { PeerConnections } from './peer-connections.ts';
import { ReplicaEdge } from './replica-edge.ts';
import { ReplicaEndpoints } from './replica-endpoints.ts';
import { SilenceWatch } from './silence-watch.ts';

const lastReportsMs = 500;

/**
 * The HTTP between replicas. Provides Peers and ForwardedDeliveries to all modules; whoever provides ReplicaRouter has
 * to do so to all modules, too.
 */
@Module({})
export class ReplicasModule implements OnApplicationShutdown {
  constructor(
    private readonly connections: PeerConnections,
    private readonly reports: DeliveryReports,
  ) {}

  static forConfig({ hop, mutualTls }: ReplicasConfig): DynamicModule {
    return {
      module: ReplicasModule,
      global: true,
      providers: [
        AskableAnswers,
        { provide: SilenceWatch, useFactory: () => new SilenceWatch() },
        {
          provide: PeerConnections,
          inject: [SilenceWatch, AskableAnswers],
          useFactory: (silence: SilenceWatch, askable: AskableAnswers) =>
            new PeerConnections(hop, silence, (id) => askable.stillHas(id)),
        },
        { provide: HopSecret, useFactory: () => new HopSecret(hop.acceptedSecrets, mutualTls) },
        {
          provide: ForwardedDeliveries,
          useFactory: () => new ForwardedDeliveries(new SystemClock(), randomBytes(6).toString('hex')),
        },
        {
          provide: DeliveryReports,
          inject: [PeerConnections, AskableAnswers],
          useFactory: (connections: PeerConnections, askable: AskableAnswers) =>
            new DeliveryReports(connections, askable),
        },
        { provide: Peers, useClass: HttpPeers },
        ReplicaEdge,
        ForwardEndpoint,
        LinkEndpoint,
        ReplicaEndpoints,
      ],
      exports: [Peers, ForwardedDeliveries],
    };
  }

  /** After everybody has said what there was to say. */
  async onApplicationShutdown(): Promise<void> {
    await this.reports.allTold(lastReportsMs);
    await this.connections.close();
  }
}
