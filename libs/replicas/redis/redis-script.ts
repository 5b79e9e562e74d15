import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.ts';

/** A Lua script: one compare-and-set, all its keys in one slot. */
export class RedisScript {
  private readonly sha: string;

  constructor(private readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /** @returns lists of texts and lists, as the script makes them */
  async run(client: RedisClient, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await client.evalsha(this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      // A new server, or one that was told to forget: it has run nothing.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await client.eval(this.lua, keys.length, ...keys, ...args);
    }
  }
}
