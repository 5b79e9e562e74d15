import { isDeepStrictEqual } from 'node:util';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { KafkaConnectionConfig } from './connection-config.ts';
import type { KafkaAcls } from './kafka-acls.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import type { KafkaConsumers } from './kafka-consumer.ts';
import type { KafkaGroups } from './kafka-groups.ts';
import { KafkaMeasures } from './kafka-measures.ts';
import type { KafkaMetadata } from './kafka-metadata.ts';
import type { KafkaProducer } from './kafka-producer.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { KafkajsAcls } from './kafkajs/kafkajs-acls.ts';
import { PlatformaticAdmin } from './platformatic/admin/platformatic-admin.ts';
import { ClusterMetadata } from './platformatic/cluster-metadata.ts';
import { Connections } from './platformatic/connections.ts';
import { PlatformaticConsumers } from './platformatic/consumer/platformatic-consumers.ts';
import { PlatformaticGroups } from './platformatic/groups/platformatic-groups.ts';
import { PlatformaticProducer } from './platformatic/producer/platformatic-producer.ts';

interface Role {
  readonly config: KafkaConnectionConfig;
  readonly connections: Connections;
  readonly metadata: ClusterMetadata;
}

/**
 * Chooses the client behind each port, and gives roles with the same identity the same connections.
 *
 * Each client is made when first asked for, so that a test that replaces a port never makes the real one.
 */
export class KafkaClients implements OnApplicationBootstrap, OnApplicationShutdown {
  /** Of all clients but that for ACLs. */
  readonly measures = new KafkaMeasures();
  readonly #settings: KafkaSettings;
  readonly #roles: Role[] = [];
  #admin: PlatformaticAdmin | undefined;
  #acls: KafkajsAcls | undefined;
  #groups: PlatformaticGroups | undefined;
  #producer: PlatformaticProducer | undefined;
  #consumers: PlatformaticConsumers | undefined;

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
  }

  get metadata(): KafkaMetadata {
    return this.#role(this.#settings.admin).metadata;
  }

  get producer(): KafkaProducer {
    const { connections, metadata } = this.#role(this.#settings.producer);
    this.#producer ??= new PlatformaticProducer(connections, metadata, this.#settings.producerConfig);
    return this.#producer;
  }

  get consumers(): KafkaConsumers {
    const { connections, metadata } = this.#role(this.#settings.consumer);
    this.#consumers ??= new PlatformaticConsumers(connections, metadata, this.#settings.consumerConfig);
    return this.#consumers;
  }

  get admin(): KafkaAdmin {
    const { connections, metadata } = this.#role(this.#settings.admin);
    this.#admin ??= new PlatformaticAdmin(connections, metadata);
    return this.#admin;
  }

  get acls(): KafkaAcls {
    this.#acls ??= new KafkajsAcls(this.#settings.admin);
    return this.#acls;
  }

  get groups(): KafkaGroups {
    const { connections, metadata } = this.#role(this.#settings.admin);
    this.#groups ??= new PlatformaticGroups(connections, metadata);
    return this.#groups;
  }

  /** Reaches for the cluster at once, so that readiness need not wait for a first request. */
  onApplicationBootstrap(): void {
    for (const role of this.#roles) role.metadata.start();
  }

  /** What is under way ends first: consumers and HTTP have closed before this, the producer sends what it holds. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.#producer?.close(), this.#acls?.close()]);
    for (const role of this.#roles) {
      role.metadata.close();
      role.connections.close();
    }
  }

  #role(config: KafkaConnectionConfig): Role {
    const known = this.#roles.find(
      (role) => role.config === config || isDeepStrictEqual(role.config, config),
    );
    if (known !== undefined) return known;
    const connections = new Connections(config, this.measures);
    const role = { config, connections, metadata: new ClusterMetadata(connections) };
    this.#roles.push(role);
    return role;
  }
}
