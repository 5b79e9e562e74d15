import { Injectable } from '@nestjs/common';
import {
  KafkaAdmin,
  type ConfigChange,
  type ConfigChanges,
  type ConfigEntry,
  type ConfigResource,
} from '#libs/kafka/kafka-admin.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaMetadata } from '#libs/kafka/kafka-metadata.ts';
import { checkTopicName } from '#libs/kafka/topic-name.ts';

/** What could not be changed, and why. */
export interface FailedChange {
  readonly resource: ConfigResource;
  readonly error: KafkaError;
}

/** Topics whose configuration is asked for at one time: an answer of Kafka's of about 1 MB. */
const topicsAtOneTime = 200;

/** Configuration of topics and brokers, as it is now. Entries are in the order of their names. */
@Injectable()
export class ConfigsService {
  constructor(
    private readonly admin: KafkaAdmin,
    private readonly metadata: KafkaMetadata,
  ) {}

  /** @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, BROKER_NOT_AVAILABLE, … */
  async list(resource: ConfigResource): Promise<readonly ConfigEntry[]> {
    check(resource);
    const [entries] = await this.admin.describeConfigs([resource]);
    if (entries === undefined) throw KafkaError.of('UNKNOWN_SERVER_ERROR');
    if (entries instanceof KafkaError) throw entries;
    return sorted(entries);
  }

  /** undefined when there is no entry of that name. @throws {KafkaError} as `list` */
  async get(resource: ConfigResource, name: string): Promise<ConfigEntry | undefined> {
    return (await this.list(resource)).find((entry) => entry.name === name);
  }

  /**
   * Configuration of brokers, one request each, at one time.
   *
   * @returns by id; a broker that is gone meanwhile is left out
   * @throws {KafkaError} when another cannot tell
   */
  async ofBrokers(ids: readonly number[]): Promise<ReadonlyMap<number, readonly ConfigEntry[]>> {
    const found = await this.admin.describeConfigs(ids.map((id) => ({ type: 'broker', id })));
    const byId = new Map<number, readonly ConfigEntry[]>();
    for (const [index, id] of ids.entries()) {
      const entries = found[index];
      if (entries === undefined) continue;
      if (!(entries instanceof KafkaError)) byId.set(id, sorted(entries));
      else if (entries.kind !== 'BROKER_NOT_AVAILABLE') throw entries;
    }
    return byId;
  }

  /**
   * Configuration of topics, some at a time: the next are asked for while those before are used.
   *
   * Topics that vanish meanwhile are left out.
   *
   * @throws {KafkaError} when one cannot be told
   */
  async *ofTopics(
    names: readonly string[],
  ): AsyncGenerator<readonly { readonly topic: string; readonly entries: readonly ConfigEntry[] }[], void> {
    let next = this.#describeTopics(names.slice(0, topicsAtOneTime));
    for (let from = topicsAtOneTime; ; from += topicsAtOneTime) {
      const described = await next;
      if (from < names.length) {
        next = this.#describeTopics(names.slice(from, from + topicsAtOneTime));
        // Its failure is told when its turn has come, if anybody waits that long.
        next.catch(() => {});
      }
      yield described;
      if (from >= names.length) return;
    }
  }

  /** Names of all topics but internal ones, in order. @throws {KafkaError} */
  async topicNames(): Promise<readonly string[]> {
    return (await this.metadata.topics()).map(({ name }) => name).sort();
  }

  /** All of the changes are made, or none. @throws {KafkaError} INVALID_CONFIG, INVALID_REQUEST (also for a name twice), … */
  async alter(
    resource: ConfigResource,
    changes: readonly ConfigChange[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<void> {
    const [failed] = await this.alterAll([{ resource, changes }], options);
    if (failed !== undefined) throw failed.error;
  }

  /** Those of one resource are made or not whatever becomes of the others. @throws {KafkaError} when there is no answer at all */
  async alterAll(
    all: readonly ConfigChanges[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<readonly FailedChange[]> {
    const wanted = all.filter(({ changes }) => changes.length > 0);
    for (const { resource } of wanted) check(resource);
    if (wanted.length === 0) return [];
    const outcomes = await this.admin.alterConfigs(wanted, options);
    return wanted.flatMap(({ resource }, index) => {
      const error = outcomes[index];
      return error === undefined ? [] : [{ resource, error }];
    });
  }

  /**
   * The names of changes that their topic does not have.
   *
   * @throws {KafkaError} UNKNOWN_TOPIC_OR_PARTITION, …
   */
  async unknownNames(
    all: readonly ConfigChanges[],
  ): Promise<readonly { readonly resource: ConfigResource; readonly name: string }[]> {
    for (const { resource } of all) check(resource);
    const described = await this.admin.describeConfigs(all.map(({ resource }) => resource));
    return all.flatMap(({ resource, changes }, index) => {
      const entries = described[index];
      if (entries === undefined) return [];
      if (entries instanceof KafkaError) throw entries;
      const names = new Set(entries.map(({ name }) => name));
      return changes.filter(({ name }) => !names.has(name)).map(({ name }) => ({ resource, name }));
    });
  }

  async #describeTopics(
    names: readonly string[],
  ): Promise<readonly { readonly topic: string; readonly entries: readonly ConfigEntry[] }[]> {
    if (names.length === 0) return [];
    const described = await this.admin.describeConfigs(names.map((name) => ({ type: 'topic', name })));
    return names.flatMap((topic, index) => {
      const entries = described[index];
      if (entries === undefined) return [];
      if (!(entries instanceof KafkaError)) return [{ topic, entries: sorted(entries) }];
      if (entries.kind === 'UNKNOWN_TOPIC_OR_PARTITION') return [];
      throw entries;
    });
  }
}

function check(resource: ConfigResource): void {
  if (resource.type === 'topic') checkTopicName(resource.name);
}

function sorted(entries: readonly ConfigEntry[]): readonly ConfigEntry[] {
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
