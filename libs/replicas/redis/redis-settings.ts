import type { ConnectionOptions } from 'node:tls';

/** Where Redis is and how it is spoken to. */
export abstract class RedisSettings {
  abstract readonly mode: 'standalone' | 'sentinel' | 'cluster';
  /**
   * `redis://host:port/database`, or `rediss://` with TLS; without user and password. The server itself (one), the
   * sentinels, or some nodes of the cluster.
   */
  abstract readonly urls: readonly string[];
  /** Under which name the sentinels know the server; undefined without sentinels. */
  abstract readonly sentinelMaster: string | undefined;
  /** undefined: Redis's `default` user. */
  abstract readonly username: string | undefined;
  abstract readonly password: string | undefined;
  abstract readonly sentinelUsername: string | undefined;
  abstract readonly sentinelPassword: string | undefined;
  /** Begins every key; without braces, which mean something to a cluster. */
  abstract readonly keyPrefix: string;
  /** No command waits longer for its answer. */
  abstract readonly commandTimeoutMs: number;
  /** For `rediss://`. */
  abstract readonly tls: ConnectionOptions;
}
