import { setTimeout as sleep } from 'node:timers/promises';
import type { AclOperation } from '../../acl-types.ts';
import {
  KafkaAdmin,
  type ConfigChanges,
  type ConfigEntry,
  type ConfigResource,
  type CreatedTopic,
  type NewTopic,
  type Reassignment,
  type ReassignmentChange,
  type TryOnly,
} from '../../kafka-admin.ts';
import type { KafkaError } from '../../kafka-error.ts';
import type { TopicMetadata, TopicPartition } from '../../kafka-types.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { AdminRequests } from './admin-requests.ts';
import { alterConfigs, describeConfigs } from './config-requests.ts';
import { showsChanges } from './config-changes.ts';
import { alterReassignments, listReassignments } from './reassignment-requests.ts';
import { authorizedOperations, createPartitions, createTopic, deleteTopic } from './topic-requests.ts';

/** Brokers learn of a change from the controller some milliseconds after it was answered. */
const seenWithinMs = 2_000;
const lookAgainMs = 5;
/** Kafka may show a value in a form of its own, which is then waited for in vain. */
const configSeenWithinMs = 250;
/** Topics whose configuration is looked at after a change. */
const mostLookedAfter = 200;

/** Administration by requests of the protocol: few of them, with the broker's own texts (docs/adr/0006). */
export class PlatformaticAdmin extends KafkaAdmin {
  readonly #requests: AdminRequests;
  readonly #metadata: ClusterMetadata;

  constructor(connections: Connections, metadata: ClusterMetadata) {
    super();
    this.#requests = new AdminRequests(connections, metadata);
    this.#metadata = metadata;
  }

  override describeConfigs(
    resources: readonly ConfigResource[],
  ): Promise<readonly (readonly ConfigEntry[] | KafkaError)[]> {
    return describeConfigs(this.#requests, resources);
  }

  override async alterConfigs(
    changes: readonly ConfigChanges[],
    options: TryOnly = {},
  ): Promise<readonly (KafkaError | undefined)[]> {
    const outcomes = await alterConfigs(this.#requests, changes, options);
    if (options.validateOnly !== true) {
      const made = changes.filter((_, index) => outcomes[index] === undefined);
      await this.#configsSeen(made.filter(({ resource }) => resource.type === 'topic'));
    }
    return outcomes;
  }

  override async createTopic(topic: NewTopic, options: TryOnly = {}): Promise<CreatedTopic> {
    const created = await createTopic(this.#requests, topic, options);
    if (options.validateOnly !== true) {
      await this.#seen(topic.name, (found) => found?.partitions.every(({ leader }) => leader >= 0) === true);
    }
    return created;
  }

  override async createPartitions(topic: string, count: number): Promise<void> {
    await createPartitions(this.#requests, topic, count);
    await this.#seen(topic, (found) => found === undefined || found.partitions.length >= count);
  }

  override async deleteTopic(topic: string): Promise<void> {
    await deleteTopic(this.#requests, topic);
    await this.#seen(topic, (found) => found === undefined);
  }

  override authorizedOperations(
    topics?: readonly string[],
  ): Promise<ReadonlyMap<string, readonly AclOperation[]>> {
    return authorizedOperations(this.#requests, topics);
  }

  override listReassignments(partitions?: readonly TopicPartition[]): Promise<readonly Reassignment[]> {
    return listReassignments(this.#requests, partitions);
  }

  override alterReassignments(
    changes: readonly ReassignmentChange[],
  ): Promise<readonly (KafkaError | undefined)[]> {
    return alterReassignments(this.#requests, changes);
  }

  async #seen(topic: string, shows: (found: TopicMetadata | undefined) => boolean): Promise<void> {
    await until(seenWithinMs, async () => shows((await this.#metadata.describeTopics([topic]))[0]));
  }

  async #configsSeen(changes: readonly ConfigChanges[]): Promise<void> {
    if (changes.length === 0 || changes.length > mostLookedAfter) return;
    await until(configSeenWithinMs, async () => {
      const found = await this.describeConfigs(changes.map(({ resource }) => resource));
      return changes.every((item, index) => showsChanges(found[index], item));
    });
  }
}

/** Looks until a change shows, so that the next request sees it. What was done is done: never rejects. */
async function until(withinMs: number, shows: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = lookAgainMs; ; pauseMs *= 2) {
    try {
      if (await shows()) return;
    } catch {
      // A topic without a leader for the moment, or a broker that is gone.
    }
    if (performance.now() + pauseMs > deadline) return;
    await sleep(pauseMs);
  }
}
