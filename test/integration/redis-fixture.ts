import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReplicaEvents } from '#libs/replicas/replica-events.ts';
import type { RedisSettings } from '#libs/replicas/redis/redis-settings.ts';
import { logFile } from '../../scripts/stack/cache.ts';
import { freePort } from '../../scripts/stack/ports.ts';
import { SupervisedProcess } from '../../scripts/stack/processes.ts';
import { GiveUp, waitFor } from '../../scripts/stack/wait.ts';

export function redisSettings(
  urls: string | readonly string[],
  other: Partial<RedisSettings> = {},
): RedisSettings {
  return {
    mode: 'standalone',
    urls: typeof urls === 'string' ? [urls] : urls,
    sentinelMaster: undefined,
    username: undefined,
    password: undefined,
    sentinelUsername: undefined,
    sentinelPassword: undefined,
    keyPrefix: 'krest',
    commandTimeoutMs: 1_000,
    tls: {},
    ...other,
  };
}

/** Whether the store was said to be up, each time that it changed. */
export class StoreProbe implements Pick<ReplicaEvents, 'storeIsUp'> {
  readonly changes: boolean[] = [];

  storeIsUp(up: boolean): void {
    this.changes.push(up);
  }

  async becomes(up: boolean): Promise<void> {
    const there = (): true | undefined => (this.changes.at(-1) === up ? true : undefined);
    await waitFor(`the store to be ${up ? 'up' : 'down'}`, there, 20_000, 5);
  }
}

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** Starts a Redis with arguments of its own on 127.0.0.1; it keeps nothing when it ends. */
export async function startServer(
  args: readonly string[] = [],
  port?: number,
  scheme = 'redis',
): Promise<RedisServer> {
  const ownPort = port ?? (await freePort());
  const dir = mkdtempSync(join(tmpdir(), 'krest-redis-'));
  const portArgs =
    scheme === 'redis' ? ['--port', `${ownPort}`] : ['--port', '0', '--tls-port', `${ownPort}`];
  const child = await SupervisedProcess.start({
    name: 'redis',
    command: 'redis-server',
    args: [...args, ...portArgs, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no'],
    log: logFile(`redis-test-${ownPort}`),
  });
  await waitFor(
    `Redis on port ${ownPort}`,
    () => {
      if (!child.isRunning) throw new GiveUp(`redis-server ended:\n${child.lastLines()}`);
      return accepts(ownPort);
    },
    20_000,
    20,
  );
  return {
    port: ownPort,
    url: `${scheme}://localhost:${ownPort}`,
    async kill() {
      await child.kill();
      rmSync(dir, { recursive: true, force: true });
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
  };
}

function accepts(port: number): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}
