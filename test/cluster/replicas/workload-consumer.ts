import type { Random } from '../../support/random-json.ts';
import type { Replica } from './replica.ts';
import type { History, Received } from './history.ts';
import { briefly, hangUp, type HttpAnswer, type HttpClient, type HttpRequest } from './http-client.ts';

const v2 = 'application/vnd.kafka.v2+json';
export const jsonType = 'application/vnd.kafka.json.v2+json';

export interface ConsumerPlan {
  readonly group: string;
  readonly name: string;
  readonly topic: string;
  /** Reads these by itself; undefined: takes part in the group. */
  readonly partitions?: readonly number[];
  readonly autoCommit: boolean;
  /** Commits after so many reads that brought something; 0: never by itself. */
  readonly commitEvery: number;
  /** Uses the base_uri that it was given; else it puts its URLs together. */
  readonly followsBaseUri: boolean;
  /** Of 100 reads so many end in the middle. */
  readonly hangsUpPercent: number;
  readonly longPollMs: number;
}

/** Where a consumer finds what it works with. */
export interface Surroundings {
  readonly http: HttpClient;
  readonly history: History;
  readonly random: Random;
  /** The balancer. */
  readonly url: string;
  /** Those that serve; who hangs up does it there, as a balancer takes in the whole answer by itself. */
  readonly replicas: () => readonly Replica[];
  /** After a commit: looks at what Kafka has. */
  readonly committed: (consumer: WorkloadConsumer) => void;
}

/** A client that reads with one consumer instance in a loop, as applications do. */
export class WorkloadConsumer {
  readonly plan: ConsumerPlan;
  /** For whom its records count: its group, or itself when it has partitions of its own. */
  readonly subscriber: string;
  /** Below the address of a replica. */
  readonly path: string;
  /** Highest number received, and when it was. */
  latest = { value: -1, at: 0 };
  readonly #around: Surroundings;
  #uri: string;
  #reads = 0;
  #stopping = false;
  #loop: Promise<void> | undefined;

  constructor(plan: ConsumerPlan, around: Surroundings) {
    this.plan = plan;
    this.#around = around;
    this.subscriber = plan.partitions === undefined ? plan.group : `${plan.group}/${plan.name}`;
    this.path = `/consumers/${plan.group}/instances/${plan.name}`;
    this.#uri = `${around.url}${this.path}`;
  }

  get name(): string {
    return `${this.plan.group}/${this.plan.name}`;
  }

  /** Creates the instance. @param at where; the balancer when not given */
  async create(at = this.#around.url, expected?: readonly number[]): Promise<HttpAnswer> {
    const { group, name, autoCommit } = this.plan;
    const options = {
      name,
      format: 'json',
      'auto.offset.reset': 'earliest',
      'auto.commit.enable': autoCommit,
    };
    const answer = await this.#call(
      'create',
      `${at}/consumers/${group}`,
      { method: 'POST', headers: { 'content-type': v2 }, body: JSON.stringify(options) },
      expected,
    );
    if (answer.status === 200 && this.plan.followsBaseUri && at === this.#around.url) {
      const { base_uri: uri } = JSON.parse(answer.text) as { readonly base_uri: string };
      this.#uri = uri;
    }
    return answer;
  }

  /** Subscribes, or assigns its partitions. */
  async subscribe(): Promise<HttpAnswer> {
    const { topic, partitions } = this.plan;
    return partitions === undefined
      ? this.#post('subscription', { topics: [topic] })
      : this.#post('assignments', { partitions: partitions.map((partition) => ({ topic, partition })) });
  }

  /** Reads until it is told to stop. */
  run(): void {
    this.#stopping = false;
    this.#loop = this.#readOn();
  }

  /** Resolves after the read that runs. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
    this.#loop = undefined;
  }

  async commit(): Promise<HttpAnswer> {
    const answer = await this.#post('offsets');
    this.#around.committed(this);
    return answer;
  }

  async delete(expected?: readonly number[]): Promise<HttpAnswer> {
    return this.#call('delete', this.#uri, { method: 'DELETE', headers: { accept: v2 } }, expected);
  }

  /** Reads once. @param request where, if not as always, and what happens in the middle */
  async read(request: { readonly at?: string } & Pick<HttpRequest, 'onFirstBytes'> = {}): Promise<void> {
    const { at, onFirstBytes } = request;
    const { longPollMs, hangsUpPercent } = this.plan;
    const { history, http, random } = this.#around;
    const uri = at === undefined ? this.#uri : `${at}${this.path}`;
    const startedAt = history.now();
    const victim = random(100) < hangsUpPercent ? this.#anyReplica() : undefined;
    const query = `/records?timeout=${longPollMs}`;
    const answer =
      victim === undefined
        ? await http.send(`${uri}${query}`, {
            method: 'GET',
            headers: { accept: jsonType },
            ...(onFirstBytes === undefined ? {} : { onFirstBytes }),
          })
        : {
            ...(await hangUp(victim.port, `${this.path}${query}`, jsonType, random(2) === 0)),
            servedBy: [victim.port],
          };
    const records = answer.outcome === 'received' ? receivedRecords(answer.text) : [];
    for (const { value } of records) {
      if (value > this.latest.value) this.latest = { value, at: history.now() };
    }
    history.add({
      type: 'read',
      consumer: this.name,
      subscriber: this.subscriber,
      startedAt,
      endedAt: history.now(),
      outcome: answer.outcome,
      status: answer.status,
      servedBy: answer.servedBy,
      records,
      ...(answer.outcome === 'received' ? {} : { detail: briefly(answer.text) }),
    });
    if (records.length > 0) this.#reads += 1;
    // Nobody gains by asking at full speed where something is wrong.
    if (answer.outcome === 'refused') await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async #readOn(): Promise<void> {
    const { commitEvery } = this.plan;
    while (!this.#stopping) {
      const before = this.#reads;
      await this.read();
      if (commitEvery > 0 && this.#reads > before && this.#reads % commitEvery === 0) await this.commit();
    }
  }

  #anyReplica(): Replica | undefined {
    const running = this.#around.replicas();
    return running[this.#around.random(Math.max(1, running.length))];
  }

  #post(what: string, body?: unknown): Promise<HttpAnswer> {
    return this.#call(what, `${this.#uri}/${what}`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async #call(
    what: string,
    url: string,
    request: HttpRequest,
    expected?: readonly number[],
  ): Promise<HttpAnswer> {
    const { history, http } = this.#around;
    const startedAt = history.now();
    const answer = await http.send(url, request);
    history.add({
      type: 'call',
      what,
      consumer: this.name,
      startedAt,
      endedAt: history.now(),
      outcome: answer.outcome,
      status: answer.status,
      servedBy: answer.servedBy,
      ...(expected === undefined ? {} : { expected }),
      ...(answer.outcome === 'received' ? {} : { detail: briefly(answer.text) }),
    });
    return answer;
  }
}

function receivedRecords(text: string): readonly Received[] {
  const records = JSON.parse(text) as readonly {
    readonly partition: number;
    readonly offset: number;
    readonly value: { readonly n: number };
  }[];
  return records.map(({ partition, offset, value: { n } }) => ({ partition, offset, value: n }));
}
