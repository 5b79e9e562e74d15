import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConfigResourceTypes,
  describeConfigsV1,
  describeConfigsV2,
  describeConfigsV3,
  describeConfigsV4,
} from '@platformatic/kafka';
import { KafkaError } from '../../kafka-error.ts';
import type { TopicMetadata } from '../../kafka-types.ts';
import { backoffMs } from '../../retries.ts';
import { isTopicName } from '../../topic-name.ts';
import type { ClusterMetadata } from '../cluster-metadata.ts';
import type { Connections } from '../connections.ts';
import { kafkaErrorOf } from './unexpected-error.ts';

/** What the resolver asks of the metadata. */
export type TopicView = Pick<ClusterMetadata, 'topic' | 'cached' | 'autoCreate' | 'refreshTopics'>;

/** Whether the cluster creates topics that are asked for; undefined when it does not say. @throws {KafkaError} */
export type AutoCreation = () => Promise<boolean | undefined>;

interface ResolverConfig {
  readonly maxBlockMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

/**
 * Finds the topics that records go to.
 *
 * A topic that does not exist is an error at once, unless the cluster may create it when it is written to.
 */
export class TopicResolver {
  readonly #metadata: TopicView;
  readonly #autoCreation: AutoCreation;
  readonly #config: ResolverConfig;
  readonly #resolving = new Map<string, Promise<TopicMetadata | KafkaError>>();
  readonly #refreshing = new Map<string, Promise<TopicMetadata | KafkaError>>();
  #creates: { readonly answer: Promise<boolean | undefined>; readonly until: number } | undefined;

  constructor(metadata: TopicView, autoCreation: AutoCreation, config: ResolverConfig) {
    this.#metadata = metadata;
    this.#autoCreation = autoCreation;
    this.#config = config;
  }

  /** Never rejects, and takes no longer than `max.block.ms`. */
  resolve(name: string): Promise<TopicMetadata | KafkaError> {
    return shared(this.#resolving, name, () => this.#resolve(name));
  }

  /** The topic as it is now, for somebody who misses a partition of it. Never rejects. */
  refresh(name: string): Promise<TopicMetadata | KafkaError> {
    return shared(this.#refreshing, name, async () => {
      await this.#metadata.refreshTopics([name]);
      return this.#resolve(name);
    });
  }

  async #resolve(name: string): Promise<TopicMetadata | KafkaError> {
    if (!isTopicName(name)) return KafkaError.of('INVALID_TOPIC_EXCEPTION', `Invalid topics: [${name}]`);
    const startedAt = performance.now();
    let limitMs = this.#config.maxBlockMs;
    for (let tries = 0; ; tries++) {
      let error: KafkaError;
      try {
        const found = await this.#metadata.topic(name);
        if (found !== undefined) return found;
        const creates = await this.#createsTopics();
        if (creates === false) return unknownTopic(name);
        // It may well be that nobody creates it.
        if (creates === undefined) limitMs = Math.min(limitMs, unsureMs);
        const created = await this.#metadata.autoCreate(name);
        if (created?.partitions.some((partition) => partition.leader >= 0) === true) return created;
        error = unknownTopic(name);
      } catch (cause) {
        error = describe(cause, name);
        if (!error.retriable) return error;
      }
      const pauseMs = backoffMs(this.#config, tries);
      if (performance.now() + pauseMs > startedAt + limitMs) return error;
      await sleep(pauseMs, undefined, { ref: false });
    }
  }

  #createsTopics(): Promise<boolean | undefined> {
    const now = performance.now();
    if (this.#creates === undefined || now > this.#creates.until) {
      const answer = this.#autoCreation().catch(() => undefined);
      this.#creates = { answer, until: now + askAgainMs };
    }
    return this.#creates.answer;
  }
}

const askAgainMs = 60_000;
/** How long a topic is waited for that the cluster creates perhaps. */
const unsureMs = 5_000;

export function unknownTopic(name: string): KafkaError {
  return KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION', `Topic ${name} not present in metadata.`);
}

export function unknownPartition(topic: TopicMetadata, partition: number): KafkaError {
  return KafkaError.of(
    'UNKNOWN_TOPIC_OR_PARTITION',
    `Partition ${partition} of topic ${topic.name} with partition count ${topic.partitions.length} is not present in metadata.`,
  );
}

/** Asks a broker for its `auto.create.topics.enable`. */
export function autoCreationOf(connections: Connections, metadata: ClusterMetadata): AutoCreation {
  return async () => {
    const description = await metadata.cluster();
    const broker = description.brokers[0];
    if (broker === undefined) return undefined;
    const connection = await connections.shared(broker, 'metadata');
    const versions = [
      describeConfigsV4.api,
      describeConfigsV3.api,
      describeConfigsV2.api,
      describeConfigsV1.api,
    ];
    const resource = {
      resourceType: ConfigResourceTypes.BROKER,
      resourceName: String(broker.id),
      configurationKeys: [autoCreateKey],
    };
    const answer = await connection.call(versions, [resource], false, false);
    const config = answer.results[0]?.configs.find((one) => one.name === autoCreateKey);
    return config === undefined ? undefined : config.value === 'true';
  };
}

const autoCreateKey = 'auto.create.topics.enable';

function describe(cause: unknown, name: string): KafkaError {
  const error = kafkaErrorOf(cause);
  switch (error.kind) {
    case 'TOPIC_AUTHORIZATION_FAILED':
      return KafkaError.of(error.kind, `Not authorized to access topics: [${name}]`, cause);
    case 'INVALID_TOPIC_EXCEPTION':
      return KafkaError.of(error.kind, `Invalid topics: [${name}]`, cause);
    default:
      return error;
  }
}

/** Runs one of a kind at a time; those who ask meanwhile get its answer. */
function shared(
  running: Map<string, Promise<TopicMetadata | KafkaError>>,
  name: string,
  run: () => Promise<TopicMetadata | KafkaError>,
): Promise<TopicMetadata | KafkaError> {
  let answer = running.get(name);
  if (answer === undefined) {
    answer = run()
      .catch((cause: unknown) => describe(cause, name))
      .finally(() => running.delete(name));
    running.set(name, answer);
  }
  return answer;
}
