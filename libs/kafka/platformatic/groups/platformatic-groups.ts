import {
  KafkaGroups,
  type GroupDescription,
  type GroupWithOffsets,
  type ListedGroup,
} from '../../kafka-groups.ts';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode, TopicPartition, TopicPartitionOffset } from '../../kafka-types.ts';
import { retriesOf } from '../../retries.ts';
import { AdminRequests } from '../admin/admin-requests.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { GroupCoordinators } from '../consumer/group/group-coordinators.ts';
import { lookUpOffsets } from '../offset-lookup.ts';
import { committedOffsets } from './committed-offsets.ts';
import { deleteGroup, setOffsets } from './group-changes.ts';
import { describeClassic, describeConsumer, type Described } from './group-descriptions.ts';
import { listGroups } from './group-list.ts';

/** Attempts in all: a group that has lost its coordinator gets another in seconds. */
const attemptsMs = 10_000;
/** Groups of one request: members and their partitions make some kilobytes each. */
const groupsAtOneTime = 200;

/** Consumer groups by requests of the protocol, few of them. */
export class PlatformaticGroups extends KafkaGroups {
  readonly #connections: Connections;
  readonly #metadata: ClusterMetadata;
  readonly #requests: AdminRequests;
  readonly #coordinators: GroupCoordinators;

  constructor(connections: Connections, metadata: ClusterMetadata) {
    super();
    this.#connections = connections;
    this.#metadata = metadata;
    this.#requests = new AdminRequests(connections, metadata);
    this.#coordinators = new GroupCoordinators(metadata);
  }

  override list(): Promise<readonly ListedGroup[]> {
    return this.#retried(() => this.#listNow());
  }

  override async describeListed(groups: readonly ListedGroup[]): Promise<readonly GroupDescription[]> {
    const found = new Map<string, GroupDescription>();
    let open: readonly ListedGroup[] | undefined = groups;
    await this.#retried(async () => {
      // Groups change their coordinator: the list says where they are now.
      open ??= await this.#listNow();
      const wanted = new Set(groups.map(({ groupId }) => groupId).filter((groupId) => !found.has(groupId)));
      const asked = open.filter(({ groupId }) => wanted.has(groupId));
      open = undefined;
      await this.#describeAll(asked, found);
    });
    return groups.flatMap(({ groupId }) => found.get(groupId) ?? []);
  }

  override describe(groupId: string): Promise<GroupDescription | undefined> {
    return this.#atCoordinator(groupId, (connection, coordinator) =>
      describeOne(connection, coordinator, groupId),
    );
  }

  override describeWithOffsets(groupId: string): Promise<GroupWithOffsets | undefined> {
    return this.#atCoordinator(groupId, async (connection, coordinator) => {
      const [group, committed] = await Promise.all([
        describeOne(connection, coordinator, groupId),
        committedOffsets(connection, groupId),
      ]);
      return group === undefined ? undefined : { group, committed };
    });
  }

  override async endOffsets(partitions: readonly TopicPartition[]): Promise<readonly bigint[]> {
    const queries = partitions.map(({ topic, partition }) => ({ topic, partition, spec: 'latest' as const }));
    const ends = await lookUpOffsets(this.#connections, this.#metadata, queries, 'read_committed');
    return ends.map((end) => end ?? 0n);
  }

  override delete(groupId: string): Promise<void> {
    return this.#atCoordinator(groupId, (connection) => deleteGroup(connection, groupId));
  }

  override setOffsets(groupId: string, offsets: readonly TopicPartitionOffset[]): Promise<void> {
    return this.#atCoordinator(groupId, (connection) => setOffsets(connection, groupId, offsets));
  }

  async #listNow(): Promise<readonly ListedGroup[]> {
    const { brokers } = await this.#metadata.cluster();
    const lists = await Promise.all(
      brokers.map((broker) => this.#toCoordinator(broker.id, (connection) => listGroups(connection, broker))),
    );
    // One that changes its coordinator meanwhile may be listed by both.
    return [...new Map(lists.flat().map((group) => [group.groupId, group])).values()];
  }

  /** All coordinators at one time, each with one request after the other. @throws {KafkaError} the first, when all are done */
  async #describeAll(groups: readonly ListedGroup[], found: Map<string, GroupDescription>): Promise<void> {
    const byBroker = Map.groupBy(groups, ({ coordinator }) => coordinator.id);
    const outcomes = await Promise.allSettled(
      [...byBroker].map(([id, ofBroker]) =>
        this.#toCoordinator(id, async (connection) => {
          for (const batch of batchesOf(ofBroker)) await describeBatch(connection, batch, found);
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #atCoordinator<Answer>(
    groupId: string,
    ask: (connection: BrokerConnection, coordinator: BrokerNode) => Promise<Answer>,
  ): Promise<Answer> {
    return this.#retried(async () => {
      const coordinator = await this.#coordinatorOf(groupId);
      return this.#toCoordinator(coordinator.id, (connection) => ask(connection, coordinator));
    });
  }

  /** A broker that is gone coordinates nothing: another does, or will soon. */
  async #toCoordinator<Answer>(
    id: number,
    ask: (connection: BrokerConnection) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await this.#requests.toBroker(id, ask);
    } catch (error) {
      if (!(error instanceof KafkaError) || error.kind !== 'BROKER_NOT_AVAILABLE') throw error;
      throw KafkaError.of('COORDINATOR_NOT_AVAILABLE', null, error);
    }
  }

  async #coordinatorOf(groupId: string): Promise<BrokerNode> {
    const { host, port } = await this.#coordinators.findNow(groupId);
    // Anybody may ask for groups of any name: nothing of them is kept.
    this.#coordinators.forget(groupId);
    const isIt = (broker: BrokerNode): boolean => broker.host === host && broker.port === port;
    const found = this.#metadata.brokers().find(isIt) ?? (await this.#metadata.cluster()).brokers.find(isIt);
    if (found === undefined) throw KafkaError.of('COORDINATOR_NOT_AVAILABLE');
    return found;
  }

  async #retried<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    let failure: unknown;
    for await (const attempt of retriesOf(this.#connections.config, attemptsMs)) {
      try {
        return await work();
      } catch (error) {
        failure = error;
        attempt.failed(error);
      }
    }
    throw failure;
  }
}

/** Its type is not known: asked of both protocols at one time. */
async function describeOne(
  connection: BrokerConnection,
  coordinator: BrokerNode,
  groupId: string,
): Promise<GroupDescription | undefined> {
  const [consumer, classic] = await Promise.all([
    describeConsumer(connection, coordinator, [groupId]),
    describeClassic(connection, coordinator, [groupId]),
  ]);
  return valueOf(consumer.get(groupId)) ?? valueOf(classic.get(groupId));
}

/** @throws {KafkaError} the first error of a group; the others are found */
async function describeBatch(
  connection: BrokerConnection,
  batch: readonly ListedGroup[],
  found: Map<string, GroupDescription>,
): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const describe = first.type === 'CONSUMER' ? describeConsumer : describeClassic;
  const ids = batch.map(({ groupId }) => groupId);
  const failures: KafkaError[] = [];
  for (const described of (await describe(connection, first.coordinator, ids)).values()) {
    if (described instanceof KafkaError) failures.push(described);
    else if (described !== undefined) found.set(described.groupId, described);
  }
  const [failure] = failures;
  if (failure !== undefined) throw failure;
}

function batchesOf(groups: readonly ListedGroup[]): readonly (readonly ListedGroup[])[] {
  return [...Map.groupBy(groups, ({ type }) => type).values()].flatMap((ofType) =>
    Array.from({ length: Math.ceil(ofType.length / groupsAtOneTime) }, (_, index) =>
      ofType.slice(index * groupsAtOneTime, (index + 1) * groupsAtOneTime),
    ),
  );
}

function valueOf(described: Described): GroupDescription | undefined {
  if (described instanceof KafkaError) throw described;
  return described;
}
