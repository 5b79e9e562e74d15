import { Logger } from '@nestjs/common';
import { Agent, request, type Dispatcher } from 'undici';
import { SchemaRegistryError } from '../schema-registry-error.ts';
import type { RegistryAuthentication, RegistryConnection } from '../schema-registry-settings.ts';
import { RegistryUrl } from './registry-url.ts';

export interface RegistryAnswer {
  readonly status: number;
  readonly body: string;
}

export interface RegistryRequest {
  readonly method: 'GET' | 'POST';
  /** Below the registry's URL, with its query; begins with a slash. */
  readonly path: string;
  /** JSON text. */
  readonly body: string | undefined;
}

/**
 * Speaks HTTP with a registry that has one or several URLs.
 *
 * Goes on with the next URL where one does not answer, answers 502, 503 or 504, or is too slow. A URL that failed rests
 * for a second and is then tried by one request alone; while all rest, requests fail at once. So a registry that is down
 * costs one waiting request, and not every request its time-out.
 */
export class RegistryHttp {
  readonly #logger = new Logger('SchemaRegistry');
  readonly #connection: RegistryConnection;
  readonly #urls: readonly RegistryUrl[];
  readonly #agent: Agent;
  readonly #now: () => number;
  #preferred = 0;
  #running = 0;

  constructor(connection: RegistryConnection, now: () => number = () => performance.now()) {
    this.#connection = connection;
    this.#urls = connection.urls.map((url) => new RegistryUrl(url));
    this.#now = now;
    this.#agent = new Agent({
      connections: connectionsPerUrl,
      connect: { ...connection.tls, timeout: connection.connectTimeoutMs },
      maxResponseSize: largestAnswer,
    });
  }

  /** @throws {SchemaRegistryError} without a status, when no URL answers */
  async send(wanted: RegistryRequest): Promise<RegistryAnswer> {
    if (this.#running >= mostAtOneTime) {
      throw SchemaRegistryError.unreachable(`more than ${mostAtOneTime} requests wait for it`, undefined);
    }
    this.#running++;
    try {
      return await this.#sendToOne(wanted);
    } finally {
      this.#running--;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #sendToOne(wanted: RegistryRequest): Promise<RegistryAnswer> {
    const authorization = await authorizationOf(this.#connection.authentication);
    let overloaded: RegistryAnswer | undefined;
    for (let i = 0; i < this.#urls.length; i++) {
      const index = (this.#preferred + i) % this.#urls.length;
      const url = this.#urls[index];
      if (url === undefined || !url.enter(this.#now(), this.#connection.requestTimeoutMs)) continue;
      try {
        const answer = await this.#sendTo(url, wanted, authorization);
        if (url.answered()) this.#logger.log(`${url.base} answers again`);
        if (!passedOn.has(answer.status)) {
          this.#preferred = index;
          return answer;
        }
        overloaded = answer;
      } catch (error) {
        if (url.failed(error, this.#now() + restMs)) {
          this.#logger.warn(`${url.base} does not answer: ${reasonOf(error)}`);
        }
      }
    }
    if (overloaded !== undefined) return overloaded;
    const failures = this.#urls.map((url) => `${url.base} (${reasonOf(url.failure)})`);
    throw SchemaRegistryError.unreachable(failures.join(', '), this.#urls[0]?.failure);
  }

  async #sendTo(
    url: RegistryUrl,
    wanted: RegistryRequest,
    authorization: string | undefined,
  ): Promise<RegistryAnswer> {
    const deadline = AbortSignal.timeout(this.#connection.requestTimeoutMs);
    try {
      return await this.#exchange(url, wanted, authorization, deadline);
    } catch (error) {
      // A connection that was kept open may have been closed by the other side just now. All requests may be repeated.
      if (!isLostConnection(error) || deadline.aborted) throw error;
      return await this.#exchange(url, wanted, authorization, deadline);
    }
  }

  async #exchange(
    url: RegistryUrl,
    { method, path, body }: RegistryRequest,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<RegistryAnswer> {
    const options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> = {
      method,
      signal,
      headers: {
        ...this.#connection.headers,
        accept: `${mediaType}, application/json`,
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': mediaType }),
      },
      ...(body !== undefined && { body }),
    };
    const answer = await request(url.base + path, { ...options, dispatcher: this.#agent });
    return { status: answer.statusCode, body: await answer.body.text() };
  }
}

async function authorizationOf(authentication: RegistryAuthentication): Promise<string | undefined> {
  switch (authentication.kind) {
    case 'none':
      return undefined;
    case 'basic': {
      const { user, password } = authentication;
      return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    }
    case 'bearer':
      try {
        return `Bearer ${await authentication.token()}`;
      } catch (error) {
        throw SchemaRegistryError.unreachable(`no token for it: ${reasonOf(error)}`, error);
      }
  }
}

function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  // Several addresses of one host: the first tells enough, and the whole has no message.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message || codeOf(error) || error.name;
}

const mediaType = 'application/vnd.schemaregistry.v1+json';
const connectionsPerUrl = 8;
const mostAtOneTime = 1_000;
/** Bytes. Registries themselves limit a schema to about a megabyte. */
const largestAnswer = 16_777_216;
const restMs = 1_000;
/** Of a gateway, or of a registry that starts or has lost its leader: another may answer. */
const passedOn: ReadonlySet<number> = new Set([502, 503, 504]);
