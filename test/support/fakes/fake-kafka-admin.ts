import type { AclOperation } from '#libs/kafka/acl-types.ts';
import {
  KafkaAdmin,
  type ConfigChange,
  type ConfigChanges,
  type ConfigEntry,
  type ConfigResource,
  type CreatedTopic,
  type NewTopic,
  type Reassignment,
  type ReassignmentChange,
  type TryOnly,
} from '#libs/kafka/kafka-admin.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { TopicPartition } from '#libs/kafka/kafka-types.ts';
import type { FakeCluster } from './fake-cluster.ts';

const brokerDefaults = { 'compression.type': 'producer', 'log.retention.ms': null };

/** Administration of the cluster in memory, with the texts of Kafka 4.1 for what it refuses. */
export class FakeKafkaAdmin extends KafkaAdmin {
  readonly reassignments: Reassignment[] = [];
  /** Calls of `describeConfigs`, with the number of resources of each. */
  readonly described: number[] = [];
  /** Set it to let something happen just before configuration is described. */
  beforeDescribe: () => void = () => {};
  /** What was set, by resource. */
  readonly #set = new Map<string, Map<string, string>>();

  constructor(private readonly cluster: FakeCluster) {
    super();
  }

  override async describeConfigs(
    resources: readonly ConfigResource[],
  ): Promise<readonly (readonly ConfigEntry[] | KafkaError)[]> {
    this.beforeDescribe();
    this.cluster.check();
    this.described.push(resources.length);
    return resources.map((resource) => asValue(() => this.#entries(resource)));
  }

  override async alterConfigs(
    changes: readonly ConfigChanges[],
    { validateOnly = false }: TryOnly = {},
  ): Promise<readonly (KafkaError | undefined)[]> {
    this.cluster.check();
    return changes.map((item) => {
      const error = asValue(() => this.#refused(item));
      if (error !== undefined || validateOnly) return error;
      const set = this.#set.get(keyOf(item.resource)) ?? new Map<string, string>();
      this.#set.set(keyOf(item.resource), set);
      for (const change of item.changes) {
        if (change.operation === 'DELETE') set.delete(change.name);
        else set.set(change.name, change.value ?? '');
      }
      return undefined;
    });
  }

  override async createTopic(topic: NewTopic, options: TryOnly = {}): Promise<CreatedTopic> {
    if (this.cluster.describe(topic.name) !== undefined)
      throw KafkaError.of('TOPIC_ALREADY_EXISTS', `Topic '${topic.name}' already exists.`);
    if (topic.partitions === 0)
      throw KafkaError.of(
        'INVALID_PARTITIONS',
        'Number of partitions was set to an invalid non-positive value.',
      );
    for (const { name, value } of topic.configs) {
      if (value === null)
        throw KafkaError.of('INVALID_CONFIG', `Null value not supported for topic configs: ${name}`);
      checkValue(name, value);
    }
    const partitions = topic.assignments.size > 0 ? topic.assignments.size : Math.max(1, topic.partitions);
    if (options.validateOnly !== true) {
      this.cluster.createTopic(topic.name, partitions);
      const changes = topic.configs.map((config) => ({ ...config, operation: 'SET' as const }));
      await this.alterConfigs([{ resource: { type: 'topic', name: topic.name }, changes }]);
    }
    return { partitions, replicationFactor: topic.assignments.get(0)?.length ?? 1 };
  }

  override async createPartitions(topic: string, count: number): Promise<void> {
    const found = this.cluster.describe(topic);
    if (found === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    const now = found.partitions.length;
    if (count === now) throw KafkaError.of('INVALID_PARTITIONS', `Topic already has ${now} partition(s).`);
    if (count < now) {
      const text = `The topic ${topic} currently has ${now} partition(s); ${count} would not be an increase.`;
      throw KafkaError.of('INVALID_PARTITIONS', text);
    }
    this.cluster.growTopic(topic, count);
  }

  override async deleteTopic(topic: string): Promise<void> {
    if (this.cluster.describe(topic) === undefined) throw KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION');
    this.cluster.deleteTopic(topic);
    this.#set.delete(keyOf({ type: 'topic', name: topic }));
  }

  override async authorizedOperations(
    topics: readonly string[] = this.cluster.topicNames(),
  ): Promise<ReadonlyMap<string, readonly AclOperation[]>> {
    this.cluster.check();
    const operations: readonly AclOperation[] = ['READ', 'WRITE', 'DESCRIBE'];
    return new Map(topics.map((topic) => [topic, operations]));
  }

  override async listReassignments(partitions?: readonly TopicPartition[]): Promise<readonly Reassignment[]> {
    this.cluster.check();
    return this.reassignments.filter(
      ({ topic, partition }) =>
        partitions?.some((asked) => asked.topic === topic && asked.partition === partition) ?? true,
    );
  }

  override async alterReassignments(
    changes: readonly ReassignmentChange[],
  ): Promise<readonly (KafkaError | undefined)[]> {
    this.cluster.check();
    return changes.map((change) => {
      const at = this.reassignments.findIndex(
        ({ topic, partition }) => topic === change.topic && partition === change.partition,
      );
      if (at < 0 && change.replicas === null) return KafkaError.of('NO_REASSIGNMENT_IN_PROGRESS');
      if (at >= 0) this.reassignments.splice(at, 1);
      this.#move(change);
      return undefined;
    });
  }

  /** Copies take for ever here: a move stays until it is ended. */
  #move({ topic, partition, replicas }: ReassignmentChange): void {
    const current = this.cluster.describe(topic)?.partitions[partition]?.replicas ?? [];
    const adding = replicas?.filter((id) => !current.includes(id)) ?? [];
    const removing = replicas === null ? [] : current.filter((id) => !replicas.includes(id));
    if (adding.length + removing.length === 0) return;
    this.reassignments.push({ topic, partition, addingReplicas: adding, removingReplicas: removing });
  }

  #entries(resource: ConfigResource): readonly ConfigEntry[] {
    const set = this.#set.get(keyOf(resource)) ?? new Map<string, string>();
    const entries = this.#defaults(resource).filter(({ name }) => !set.has(name));
    for (const [name, value] of set) {
      const source = sources[resource.type];
      const synonyms = [{ name, value, source }];
      entries.push({ name, value, readOnly: false, sensitive: false, source, synonyms });
    }
    return entries;
  }

  #defaults(resource: ConfigResource): ConfigEntry[] {
    const common = { readOnly: false, sensitive: false, source: 'DEFAULT_CONFIG' } as const;
    switch (resource.type) {
      case 'topic':
        return this.cluster
          .configsOf(resource.name)
          .map(({ name, value }) => ({ name, value, ...common, synonyms: [] }));
      case 'broker':
        if (resource.id !== 1) throw KafkaError.of('BROKER_NOT_AVAILABLE');
        return Object.entries(brokerDefaults).map(([name, value]) => ({
          name,
          value,
          ...common,
          synonyms: value === null ? [] : [{ name, value, source: 'DEFAULT_CONFIG' as const }],
        }));
      case 'brokers':
        return [];
    }
  }

  #refused({ resource, changes }: ConfigChanges): KafkaError | undefined {
    this.#defaults(resource);
    const names = new Set(changes.map(({ name }) => name));
    if (names.size < changes.length)
      return KafkaError.of('INVALID_REQUEST', 'Error due to duplicate config keys');
    for (const change of changes) checkChange(change);
    return undefined;
  }
}

const sources = {
  topic: 'DYNAMIC_TOPIC_CONFIG',
  broker: 'DYNAMIC_BROKER_CONFIG',
  brokers: 'DYNAMIC_DEFAULT_BROKER_CONFIG',
} as const;

function keyOf(resource: ConfigResource): string {
  return JSON.stringify(resource);
}

function asValue<T>(work: () => T): T | KafkaError {
  try {
    return work();
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
}

function checkChange(change: ConfigChange): void {
  if (change.operation === 'DELETE') return;
  if (change.value === null)
    throw KafkaError.of('INVALID_REQUEST', `Null value not supported for : ${change.name}`);
  checkValue(change.name, change.value);
}

function checkValue(name: string, value: string): void {
  if (!name.endsWith('.ms') || /^-?\d+$/.test(value)) return;
  const text = `Invalid value ${value} for configuration ${name}: Not a number of type LONG`;
  throw KafkaError.of('INVALID_CONFIG', text);
}
