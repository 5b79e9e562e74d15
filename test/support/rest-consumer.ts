import { expect, vi } from 'vitest';
import type { Answer, Sending } from './contract-app.ts';

export const v2 = 'application/vnd.kafka.v2+json';
export const jsonType = 'application/vnd.kafka.json.v2+json';
export const binaryType = 'application/vnd.kafka.binary.v2+json';

/** Whatever sends requests to a proxy. */
export interface Requester {
  request(path: string, sending?: Sending): Promise<Answer>;
}

/** One consumer instance as a client of the REST API sees it. */
export class RestConsumer {
  /** Of the instance, below the proxy's address. */
  readonly path: string;

  constructor(
    private readonly proxy: Requester,
    readonly group: string,
    readonly id: string,
    private readonly accept = jsonType,
  ) {
    this.path = `/consumers/${encodeURIComponent(group)}/instances/${encodeURIComponent(id)}`;
  }

  /** Creates the instance; JSON from the beginning unless the options say otherwise. */
  static async create(
    proxy: Requester,
    group: string,
    id: string,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<RestConsumer> {
    const body = { name: id, format: 'json', 'auto.offset.reset': 'earliest', ...options };
    const answer = await proxy.request(`/consumers/${encodeURIComponent(group)}`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      body,
    });
    if (answer.status !== 200) throw new Error(`create: ${answer.status} ${answer.text}`);
    return new RestConsumer(proxy, group, id, `application/vnd.kafka.${body.format}.v2+json`);
  }

  post(what: string, body?: unknown): Promise<Answer> {
    // A string without a type of its own would be sent as text/plain.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return this.proxy.request(`${this.path}/${what}`, {
      method: 'POST',
      headers: { 'content-type': v2 },
      body: bytes,
    });
  }

  get(what: string): Promise<Answer> {
    return this.proxy.request(`${this.path}/${what}`, { headers: { accept: v2 } });
  }

  subscribe(...topics: readonly string[]): Promise<Answer> {
    return this.post('subscription', { topics });
  }

  /** Waits until the group has assigned partitions. */
  async joined(): Promise<void> {
    await vi.waitFor(
      async () => {
        const { json } = await this.get('assignments');
        expect(json).not.toEqual({ partitions: [] });
      },
      { timeout: 30_000, interval: 20 },
    );
  }

  unsubscribe(): Promise<Answer> {
    return this.proxy.request(`${this.path}/subscription`, { method: 'DELETE' });
  }

  /** @param query e.g. `timeout=100&max_bytes=1000` */
  read(query = '', signal?: AbortSignal): Promise<Answer> {
    return this.proxy.request(`${this.path}/records${query === '' ? '' : `?${query}`}`, {
      headers: { accept: this.accept },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  committed(...partitions: readonly string[]): Promise<Answer> {
    return this.get(`offsets?partitions=${partitions.join()}`);
  }

  delete(): Promise<Answer> {
    return this.proxy.request(this.path, { method: 'DELETE' });
  }
}
