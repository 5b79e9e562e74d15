import type { KafkaError } from '../../kafka-error.ts';
import { requestMetadata, type CachedTopic } from '../metadata-requests.ts';
import type { SomeBroker } from './group/group-coordinators.ts';

/** What the cluster says of topics, by name: a topic or why not; UNKNOWN_TOPIC_OR_PARTITION for those that do not exist. */
export type TopicAnswers = ReadonlyMap<string, CachedTopic | KafkaError>;

interface Waiter {
  readonly names: readonly string[];
  readonly all: boolean;
  resolve(answers: TopicAnswers): void;
  reject(error: unknown): void;
}

/** Asks the cluster for topics, never a cache; what is asked for in one tick travels together. */
export class TopicLookup {
  readonly #brokers: SomeBroker;
  #waiting: Waiter[] = [];

  constructor(brokers: SomeBroker) {
    this.#brokers = brokers;
  }

  /** @param all also every other topic of the cluster @throws {KafkaError} when no broker answers */
  ask(names: readonly string[], all = false): Promise<TopicAnswers> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ names, all, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => void this.#answer());
    });
  }

  /** Never rejects. */
  async #answer(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const answers = new Map(waiting.some(({ all }) => all) ? await this.#request(undefined) : []);
      const open = new Set(waiting.flatMap(({ names }) => names).filter((name) => !answers.has(name)));
      const names = [...open];
      const parts: Promise<TopicAnswers>[] = [];
      for (let i = 0; i < names.length; i += mostTopicsARequest) {
        parts.push(this.#request(names.slice(i, i + mostTopicsARequest)));
      }
      for (const part of await Promise.all(parts)) for (const [name, topic] of part) answers.set(name, topic);
      for (const waiter of waiting) waiter.resolve(answers);
    } catch (error) {
      for (const waiter of waiting) waiter.reject(error);
    }
  }

  async #request(names: readonly string[] | undefined): Promise<TopicAnswers> {
    return (await requestMetadata(await this.#brokers.anyBroker(), names, false)).topics;
  }
}

const mostTopicsARequest = 1000;
