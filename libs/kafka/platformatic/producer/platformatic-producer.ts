import type { ProducerConfig } from '../../connection-config.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { CoalescingProducer } from './coalescing-producer.ts';
import { BrokerTransport } from './produce-transport.ts';
import { autoCreationOf } from './topic-resolver.ts';

/** The producer on `@platformatic/kafka`'s connections, with batches and requests of our own making. */
export class PlatformaticProducer extends CoalescingProducer {
  constructor(connections: Connections, metadata: ClusterMetadata, config: ProducerConfig) {
    const { retryBackoffMs, retryBackoffMaxMs } = connections.config;
    super(
      {
        transport: new BrokerTransport(connections, metadata),
        metadata,
        autoCreation: autoCreationOf(connections, metadata),
      },
      { ...config, retryBackoffMs, retryBackoffMaxMs },
    );
  }
}
