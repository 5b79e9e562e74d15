import type { History, Received } from './history.ts';
import { briefly, type HttpClient } from './http-client.ts';
import { jsonType } from './workload-consumer.ts';

export interface ProducerPlan {
  readonly url: string;
  readonly topic: string;
  readonly partitions: number;
  readonly recordsPerSecond: number;
  /** Bytes of each record beside its number. */
  readonly padding: number;
}

const recordsPerCall = 10;
/** Some may hang at a replica that does not answer, while the others go on. */
const mostCalls = 50;

/** Writes numbered records over API v2 until it is told to stop. */
export class WorkloadProducer {
  /** Numbers given so far. */
  count = 0;
  /** Acknowledged records. */
  readonly acknowledged: Received[] = [];
  readonly #plan: ProducerPlan;
  readonly #http: HttpClient;
  readonly #history: History;
  readonly #padding: string;
  #stopping = false;
  #loop: Promise<void> | undefined;

  constructor(plan: ProducerPlan, http: HttpClient, history: History) {
    this.#plan = plan;
    this.#http = http;
    this.#history = history;
    this.#padding = 'x'.repeat(plan.padding);
  }

  run(): void {
    this.#stopping = false;
    this.#loop = this.#writeOn();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#loop;
  }

  /** Calls begin at their times, whatever becomes of those before; within a limit. */
  async #writeOn(): Promise<void> {
    const everyMs = (1000 * recordsPerCall) / this.#plan.recordsPerSecond;
    const running = new Set<Promise<void>>();
    while (!this.#stopping) {
      const next = new Promise((resolve) => setTimeout(resolve, everyMs));
      if (running.size < mostCalls) {
        const call = this.#write(recordsPerCall).finally(() => running.delete(call));
        running.add(call);
      }
      await next;
    }
    await Promise.all(running);
  }

  /** Writes so many records with one call; those that are not acknowledged are not written again. */
  async #write(records: number): Promise<void> {
    const { url, topic, partitions } = this.#plan;
    const sent = Array.from({ length: records }, () => {
      const n = this.count;
      this.count += 1;
      return { partition: n % partitions, value: { n, padding: this.#padding } };
    });
    const startedAt = this.#history.now();
    const { outcome, status, text } = await this.#http.send(`${url}/topics/${topic}`, {
      method: 'POST',
      headers: { 'content-type': jsonType },
      body: JSON.stringify({ records: sent }),
    });
    const failed = (detail: string): void =>
      this.#history.add({
        type: 'produce failed',
        startedAt,
        endedAt: this.#history.now(),
        status,
        detail: briefly(detail),
      });
    if (outcome !== 'received') return failed(text);
    const { offsets } = JSON.parse(text) as {
      readonly offsets: readonly { readonly partition: number; readonly offset: number | null }[];
    };
    const written: Received[] = [];
    for (const [index, { partition, offset }] of offsets.entries()) {
      const value = sent[index]?.value.n;
      if (offset !== null && value !== undefined) written.push({ partition, offset, value });
    }
    this.acknowledged.push(...written);
    this.#history.add({ type: 'produced', at: this.#history.now(), records: written });
    if (written.length < records) failed(text);
  }
}
