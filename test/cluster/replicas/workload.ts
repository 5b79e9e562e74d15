import { waitFor } from '../../../scripts/stack/wait.ts';
import type { Random } from '../../support/random-json.ts';
import type { Deployment } from './deployment.ts';
import type { History } from './history.ts';
import { HttpClient } from './http-client.ts';
import { WorkloadConsumer, type ConsumerPlan } from './workload-consumer.ts';
import { WorkloadProducer } from './workload-producer.ts';

export interface WorkloadOptions {
  /** Groups of one. */
  readonly single: number;
  /** Sizes of the groups of several. */
  readonly groups: readonly number[];
  /** Consumers that assign all partitions to themselves. */
  readonly manual: number;
  readonly partitions: number;
  readonly recordsPerSecond: number;
  readonly padding: number;
  readonly commitEvery: number;
  readonly hangsUpPercent: number;
  /** Which replica each is created at, by its place; at any, by the balancer, where it is not given. */
  readonly createdAt?: readonly number[];
}

export const longPollMs = 500;
/** When nothing has come for so long, nothing more will. */
const settledAfterMs = 15_000;

/** Producer and consumers that work through the balancer, and what became of it. */
export class Workload {
  readonly topic: string;
  readonly producer: WorkloadProducer;
  readonly consumers: readonly WorkloadConsumer[];
  readonly http = new HttpClient();
  readonly #deployment: Deployment;
  readonly #history: History;
  readonly #random: Random;
  readonly #createdAt: readonly number[];
  readonly #looking = new Map<string, Promise<void>>();
  #watch: NodeJS.Timeout | undefined;

  constructor(
    topic: string,
    options: WorkloadOptions,
    deployment: Deployment,
    history: History,
    random: Random,
  ) {
    this.topic = topic;
    this.#deployment = deployment;
    this.#history = history;
    this.#random = random;
    this.#createdAt = options.createdAt ?? [];
    const { partitions, recordsPerSecond, padding } = options;
    const { url } = deployment.balancer;
    this.producer = new WorkloadProducer(
      { url, topic, partitions, recordsPerSecond, padding },
      this.http,
      history,
    );
    this.consumers = plans(topic, options).map((plan) => this.consumer(plan));
  }

  /** One more consumer, which does nothing yet. */
  consumer(plan: ConsumerPlan): WorkloadConsumer {
    return new WorkloadConsumer(plan, {
      http: this.http,
      history: this.#history,
      random: this.#random,
      url: this.#deployment.balancer.url,
      replicas: () => this.#deployment.serving,
      committed: ({ subscriber, plan: { group } }) => this.#look(group, subscriber),
    });
  }

  get subscribers(): readonly string[] {
    return [...new Set(this.consumers.map(({ subscriber }) => subscriber))];
  }

  /** Those of one consumer. */
  get alone(): ReadonlySet<string> {
    const count = Map.groupBy(this.consumers, ({ subscriber }) => subscriber);
    return new Set([...count].filter(([, members]) => members.length === 1).map(([name]) => name));
  }

  /** Starts all, and waits until the groups have shared out what there is and everybody gets what is written. */
  async start(): Promise<void> {
    await Promise.all(
      this.consumers.map(async (consumer, index) => {
        const place = this.#createdAt[index];
        await consumer.create(place === undefined ? undefined : this.#deployment.replica(place).url);
        await consumer.subscribe();
        consumer.run();
      }),
    );
    await this.#assembled();
    this.producer.run();
    await this.flowing();
    this.#watch = setInterval(() => this.#lookAtAll(), 1_000);
  }

  /** Resolves when every subscriber has received something that was written from now on. */
  async flowing(timeoutMs = 60_000): Promise<void> {
    const from = this.producer.count;
    const waiting = (): readonly string[] =>
      this.subscribers.filter(
        (name) =>
          !this.consumers.some(({ subscriber, latest }) => subscriber === name && latest.value >= from),
      );
    await waitFor('records', () => (waiting().length === 0 ? true : undefined), timeoutMs, 20).catch(() => {
      throw new Error(`nothing new came to ${waiting().join(', ')} within ${timeoutMs / 1000} s`);
    });
  }

  /** Writes no more, waits until all has come or nothing comes any more, commits, and deletes the instances. */
  async finish(): Promise<void> {
    await this.producer.stop();
    await this.#settled();
    await Promise.all(this.consumers.map((each) => each.stop()));
    clearInterval(this.#watch);
    await Promise.all(this.consumers.map((each) => each.commit()));
    await this.#looked();
    this.#lookAtAll();
    await this.#looked();
    await Promise.all(this.consumers.map((each) => each.delete()));
    this.#lookAtAll();
    await this.#looked();
  }

  /** Ends it as it is. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    void this.producer.stop();
    const stopped = this.consumers.map((each) => each.stop());
    await this.http.close();
    await Promise.all(stopped);
    await this.#looked();
  }

  /** A group that still shares out its partitions gives records twice, as Kafka has it: that is no fault. */
  async #assembled(): Promise<void> {
    const members = Map.groupBy(
      this.consumers.filter(({ plan }) => plan.partitions === undefined),
      ({ plan }) => plan.group,
    );
    for (const [group, consumers] of members) {
      await waitFor(
        `all members of ${group}`,
        async () => {
          const { state, memberIds } = await this.#deployment.kafka.members(group);
          return state === 'Stable' && memberIds.length === consumers.length ? true : undefined;
        },
        60_000,
      );
    }
  }

  async #settled(): Promise<void> {
    const got = new Map(this.subscribers.map((name) => [name, new Set<string>()]));
    let seen = 0;
    let progress = performance.now();
    for (;;) {
      for (const event of this.#history.events.slice(seen)) {
        if (event.type !== 'read') continue;
        for (const { partition, offset } of event.records) {
          const places = got.get(event.subscriber);
          const before = places?.size;
          places?.add(`${partition}@${offset}`);
          if (places?.size !== before) progress = performance.now();
        }
      }
      seen = this.#history.events.length;
      const { acknowledged } = this.producer;
      const isComplete = [...got.values()].every(
        (places) =>
          places.size >= acknowledged.length &&
          acknowledged.every(({ partition, offset }) => places.has(`${partition}@${offset}`)),
      );
      if (isComplete || performance.now() - progress > settledAfterMs) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  #lookAtAll(): void {
    for (const { subscriber, plan } of this.consumers) this.#look(plan.group, subscriber);
  }

  async #looked(): Promise<void> {
    await Promise.all(this.#looking.values());
  }

  /** One look at a group at a time. */
  #look(group: string, subscriber: string): void {
    if (this.#looking.has(subscriber)) return;
    const startedAt = this.#history.now();
    const look = this.#deployment.kafka.committed(group, this.topic).then((offsets) => {
      this.#looking.delete(subscriber);
      const endedAt = this.#history.now();
      if (offsets !== undefined) {
        this.#history.add({ type: 'committed', subscriber, startedAt, endedAt, offsets });
      }
    });
    this.#looking.set(subscriber, look);
  }
}

function plans(topic: string, options: WorkloadOptions): readonly ConsumerPlan[] {
  const { commitEvery, hangsUpPercent, partitions } = options;
  const found: ConsumerPlan[] = [];
  const add = (group: string, name: string, more: Partial<ConsumerPlan> = {}): void => {
    found.push({
      group: `${topic}-${group}`,
      name,
      topic,
      // Every third leaves the commits to the proxy.
      autoCommit: found.length % 3 === 2,
      commitEvery: found.length % 3 === 2 ? 0 : commitEvery,
      followsBaseUri: found.length % 2 === 0,
      hangsUpPercent,
      longPollMs,
      ...more,
    });
  };
  for (let index = 0; index < options.single; index += 1) add(`single${index}`, 'one');
  for (const [index, size] of options.groups.entries()) {
    for (let member = 0; member < size; member += 1) add(`group${index}`, `member${member}`);
  }
  for (let index = 0; index < options.manual; index += 1) {
    add(`manual${index}`, 'one', {
      partitions: Array.from({ length: partitions }, (_, partition) => partition),
    });
  }
  return found;
}
