import { Redis } from 'ioredis';
import { load, post } from './http-load.ts';
import { assigned, read, type BenchReplica } from './replicas-deployment.ts';
import { call, jsonV2, produceBody } from './scenarios.ts';

/** What scripts call inside Redis, and what renews leases and asks for the numbers: no requests of reads. */
const others = new Set('hget hmget hset hdel pexpire time zadd set zrange get info'.split(' '));

export interface CommandsLine {
  readonly what: string;
  /** Requests that Redis got, for one request of a client. */
  readonly each: number;
  /** Time of Redis for one of them. */
  readonly redisUs: number;
}

/** Requests to Redis for a read where the instance is, for one that is sent on, and for a produce. */
export async function countCommands(
  redisUrl: string,
  [owner, edge]: readonly [BenchReplica, BenchReplica],
  topic: string,
  partitions: number,
  times: number,
): Promise<readonly CommandsLine[]> {
  const redis = new Redis(redisUrl);
  const [path = ''] = await assigned(owner.url, topic, partitions, 1);
  const reading = (base: string) => async (): Promise<void> => {
    for (let i = 0; i < times; i++) await read(base, path, 'timeout=5000&max_bytes=1000');
  };
  const producing = async (): Promise<void> => {
    const request = post(`/topics/${topic}`, jsonV2, produceBody(1));
    await load({ port: owner.port, connections: 1, request, durationMs: 60_000, most: times });
  };
  try {
    await read(edge.url, path, 'timeout=5000&max_bytes=1000');
    const lines: CommandsLine[] = [];
    for (const [what, work] of [
      ['read where the instance is', reading(owner.url)],
      ['read through another replica', reading(edge.url)],
      ['produce', producing],
    ] as const) {
      await quiet(redis);
      const before = await commandsOf(redis);
      await work();
      await quiet(redis);
      const after = await commandsOf(redis);
      const calls = after.calls - before.calls;
      lines.push({ what, each: calls / times, redisUs: calls === 0 ? 0 : (after.us - before.us) / calls });
    }
    return lines;
  } finally {
    await call(owner.url, 'DELETE', path);
    redis.disconnect();
  }
}

/** Saves are made after the answer: waits until there are no more. */
async function quiet(redis: Redis): Promise<void> {
  for (let last = -1, same = 0; same < 5;) {
    const { calls } = await commandsOf(redis);
    same = calls === last ? same + 1 : 0;
    last = calls;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

async function commandsOf(redis: Redis): Promise<{ readonly calls: number; readonly us: number }> {
  let [calls, us, renewals] = [0, 0, 0];
  const lines = (await redis.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm);
  for (const [, name = '', count, usec] of lines) {
    // One script of each renewal.
    if (name === 'zadd') renewals = Number(count);
    if (others.has(name)) continue;
    calls += Number(count);
    us += Number(usec);
  }
  return { calls: calls - renewals, us };
}
