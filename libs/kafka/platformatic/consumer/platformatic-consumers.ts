import {
  KafkaConsumers,
  type KafkaConsumer,
  type KafkaConsumerOptions,
  type RebalanceListener,
} from '../../kafka-consumer.ts';
import type { ConsumerConfig } from '../../kafka-settings.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { ControlLanes } from './control-lanes.ts';
import { assignorsOf } from './assignors/assignors.ts';
import { FetchLanes } from './fetch/fetch-lanes.ts';
import { FetchShares } from './fetch/fetch-shares.ts';
import { GroupCoordinators } from './group/group-coordinators.ts';
import { GroupLeader } from './group/group-leader.ts';
import { GroupOffsets } from './group/group-offsets.ts';
import { BrokerGroupTransport } from './group/group-transport.ts';
import { JoinGate } from './group/join-gate.ts';
import { PlatformaticConsumer } from './platformatic-consumer.ts';
import { TopicLookup } from './topic-lookup.ts';
import { TopicWatch } from './topic-watch.ts';
import type { ConsumerServices } from './consumer-services.ts';

/** Makes consumers that share connections, coordinators, fetches and the watch over topics. */
export class PlatformaticConsumers extends KafkaConsumers {
  readonly #services: ConsumerServices;

  constructor(connections: Connections, metadata: ClusterMetadata, config: ConsumerConfig) {
    super();
    const coordinators = new GroupCoordinators(metadata);
    const lookup = new TopicLookup(metadata);
    const lanes = new ControlLanes(connections);
    const group = {
      connections,
      coordinators,
      leader: new GroupLeader(lookup, connections.config),
      gate: new JoinGate(mostRebalancingGroups),
      lanes,
    };
    this.#services = {
      ...group,
      transport: new BrokerGroupTransport(group),
      backoff: connections.config,
      metadata,
      config,
      offsets: new GroupOffsets(connections.config, lanes, coordinators),
      fetches: new FetchLanes(connections),
      shares: new FetchShares(),
      watch: new TopicWatch(lookup, Math.min(connections.config.metadataMaxAgeMs, mostWatchIntervalMs)),
    };
  }

  /** @throws {KafkaError} INVALID_CONFIG for an assignor that is not known */
  override create(options: KafkaConsumerOptions, listener: RebalanceListener): KafkaConsumer {
    const assignors = assignorsOf(options.partitionAssignmentStrategy);
    return new PlatformaticConsumer(this.#services, options, assignors, listener);
  }

  /** Stops the watch over topics. Consumers are closed by their owners. */
  close(): void {
    this.#services.watch.close();
  }
}

/** A join blocks a connection while its group rebalances. */
const mostRebalancingGroups = 256;
const mostWatchIntervalMs = 30_000;
