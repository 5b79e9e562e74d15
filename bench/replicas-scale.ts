import { runDir } from '../scripts/stack/cache.ts';
import { freePort } from '../scripts/stack/ports.ts';
import { Balancer } from '../test/cluster/replicas/balancer.ts';
import { get, load } from './http-load.ts';
import { assigned, type BenchReplica } from './replicas-deployment.ts';
import { call, jsonV2 } from './scenarios.ts';

export interface ScaleLine {
  readonly maxBytes: number;
  /** CPU time of the only replica, for one read. */
  readonly aloneUs: number;
  /** CPU time of all three together, for one read of a client. */
  readonly togetherUs: number;
  /** Of the three that got least and most, their part of the CPU time. */
  readonly parts: readonly [number, number];
}

const connections = 24;
const longestMs = 60_000;

/** The same reads at the one replica that has all the instances, and at three through round robin. */
export async function measureScale(
  replicas: readonly BenchReplica[],
  topic: string,
  partitions: number,
  sizes: readonly number[],
  { rounds, burst }: { readonly rounds: number; readonly burst: number },
): Promise<readonly ScaleLine[]> {
  const [alone] = replicas;
  if (alone === undefined) throw new Error('there is no replica');
  const ports = replicas.map(({ port }) => port);
  const balancer = await Balancer.start(runDir('bench-nginx'), await freePort(), ports);
  const port = Number(new URL(balancer.url).port);
  const here = await assigned(alone.url, topic, partitions, connections);
  const spread = await assigned(balancer.url, topic, partitions, connections);
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const rewind = async (paths: readonly string[]): Promise<void> => {
    const body = { partitions: all };
    await Promise.all(paths.map((path) => call(alone.url, 'POST', `${path}/positions/beginning`, body)));
  };
  const used = (): readonly number[] => replicas.map((each) => each.process.usage().cpuUs);
  const run = async (
    to: number,
    paths: readonly string[],
    maxBytes: number,
    most: number,
  ): Promise<readonly number[]> => {
    await rewind(paths);
    const before = used();
    const { requests } = await load({
      port: to,
      connections,
      request: paths.map((path) => get(`${path}/records?timeout=5000&max_bytes=${maxBytes}`, jsonV2)),
      durationMs: longestMs,
      most,
      check: (body) => (body === '[]' ? 'a read got nothing' : undefined),
    });
    return used().map((us, i) => (us - (before[i] ?? 0)) / requests);
  };
  const sum = (us: readonly number[]): number => us.reduce((a, b) => a + b, 0);
  try {
    const lines: ScaleLine[] = [];
    for (const maxBytes of sizes) {
      await run(alone.port, here, maxBytes, burst);
      await run(port, spread, maxBytes, burst);
      let [aloneUs, together]: [number, readonly number[]] = [Infinity, [Infinity]];
      for (let round = 0; round < rounds; round++) {
        aloneUs = Math.min(aloneUs, sum(await run(alone.port, here, maxBytes, burst)));
        const got = await run(port, spread, maxBytes, burst);
        if (sum(got) < sum(together)) together = got;
      }
      const shares = together.map((us) => us / sum(together));
      lines.push({
        maxBytes,
        aloneUs,
        togetherUs: sum(together),
        parts: [Math.min(...shares), Math.max(...shares)],
      });
    }
    return lines;
  } finally {
    await balancer.stop();
    await Promise.all([...here, ...spread].map((path) => call(alone.url, 'DELETE', path)));
  }
}

/** With a core for each replica. */
export function scaleTable(lines: readonly ScaleLine[]): string {
  const head =
    '| read of | one replica µs | three, all together µs | one core: reads/s | three cores: reads/s | times |\n| --- | ---: | ---: | ---: | ---: | ---: |';
  const rows = lines.map(({ aloneUs, maxBytes, parts, togetherUs }) => {
    const one = 1e6 / aloneUs;
    // The busiest of the three is the limit.
    const three = 1e6 / (togetherUs * parts[1]);
    const cells = [`${maxBytes} bytes`, aloneUs.toFixed(0), togetherUs.toFixed(0), one.toFixed(0)];
    return `| ${[...cells, three.toFixed(0), (three / one).toFixed(2)].join(' | ')} |`;
  });
  return [head, ...rows].join('\n');
}
