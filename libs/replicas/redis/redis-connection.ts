import { Logger } from '@nestjs/common';
import type { ReplicaEvents } from '../replica-events.ts';
import { StoreUnavailableError } from '../store-unavailable.error.ts';
import { redisClient, type RedisClient } from './redis-client.ts';
import type { RedisSettings } from './redis-settings.ts';

/** After a refusal Redis must have answered well for so long before it counts as up again. */
const calmMs = 2_000;

/** The connection to Redis: its failures in our words, and whether it is up. */
export class RedisConnection {
  readonly client: RedisClient;
  readonly #logger = new Logger('Redis');
  /** undefined: nothing is known yet. */
  #up: boolean | undefined;
  #refusedAt = -Infinity;
  #closed = false;
  #reason = 'there was no answer yet';

  constructor(
    private readonly settings: RedisSettings,
    private readonly events: Pick<ReplicaEvents, 'storeIsUp'>,
  ) {
    this.client = redisClient(settings);
    this.client.on('error', (error: unknown) => this.#failed(reasonOf(error)));
    this.client.on('close', () => this.#set(false));
    this.client.on('ready', () => this.#set(true));
  }

  /** @throws {StoreUnavailableError} whatever went wrong */
  async ask<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.client.status !== 'ready') throw this.#notReached();
    try {
      const answer = await command(this.client);
      if (this.#up === false && performance.now() - this.#refusedAt > calmMs) this.#set(true);
      return answer;
    } catch (error) {
      const cause = plainError(error);
      if (error instanceof Error && error.name === 'ReplyError') this.#refused(cause.message);
      throw new StoreUnavailableError(`Redis does not answer: ${cause.message}`, { cause });
    }
  }

  /** Resolves when Redis can be asked. @throws {StoreUnavailableError} when that takes longer */
  async whenUp(longestMs: number): Promise<void> {
    if (this.client.status === 'ready') return;
    const { client } = this;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        client.off('ready', done);
        resolve();
      };
      const timer = setTimeout(() => {
        client.off('ready', done);
        reject(this.#notReached());
      }, longestMs);
      client.on('ready', done);
    });
  }

  /** Ends the connection; what is not answered yet fails. */
  close(): void {
    this.#closed = true;
    this.client.disconnect();
  }

  #notReached(): StoreUnavailableError {
    return new StoreUnavailableError(`Redis is not reached: ${this.#reason}`);
  }

  #failed(reason: string): void {
    this.#reason = reason;
    if (this.client.status !== 'ready') this.#set(false);
  }

  #refused(reason: string): void {
    this.#reason = reason;
    this.#refusedAt = performance.now();
    this.#set(false);
  }

  #set(up: boolean): void {
    if (this.#closed || this.#up === up) return;
    this.#up = up;
    if (up) {
      this.#logger.log(`Redis is up (${this.settings.urls.join(', ')})`);
      this.#reason = 'the connection was closed';
    } else {
      this.#logger.warn(`Redis is down: ${this.#reason}`);
    }
    this.events.storeIsUp(up);
  }
}

/** Errors of the client hold the command, and that of a log-in the password. */
function plainError(error: unknown): Error {
  const plain = new Error(reasonOf(error));
  if (error instanceof Error) plain.name = error.name;
  return plain;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const last = 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error;
  const code = 'code' in last && typeof last.code === 'string' ? last.code : '';
  // "ERR unknown command 'AUTH', with args beginning with: 'user' 'password'"
  const text = last.message.split(', with args beginning with')[0] ?? '';
  return text === '' ? code : text;
}
