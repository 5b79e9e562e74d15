import { fileURLToPath } from 'node:url';
import { freePort } from '../scripts/stack/ports.ts';
import { get, load } from './http-load.ts';
import { MeasuredProcess } from './measured-process.ts';
import { assigned, type BenchReplica } from './replicas-deployment.ts';
import { call, jsonV2 } from './scenarios.ts';

const v2 = 'application/vnd.kafka.v2+json';
const connections = 16;
const floorScript = fileURLToPath(new URL('./replicas-floor.ts', import.meta.url));

/** One way of asking: directly, or through another process. */
interface Way {
  readonly port: number;
  readonly requests: readonly Buffer[];
  readonly owner: MeasuredProcess;
  readonly edge: MeasuredProcess | undefined;
  /** Before each burst. */
  readonly prepare: () => Promise<void>;
}

/** Each the best of all bursts: what else runs on the machine can only make it worse. */
interface Cost {
  ownerUs: number;
  edgeUs: number;
  p50Ms: number;
  p99Ms: number;
}

/** What is asked directly and through another process, and the difference. */
export interface HopLine {
  readonly what: string;
  readonly direct: Cost;
  readonly forwarded: Cost;
}

/** The same requests at the owner and through another replica, in turns, with the floor between. */
export async function measureHop(
  [owner, edge]: readonly [BenchReplica, BenchReplica],
  topic: string,
  partitions: number,
  { rounds, burst }: { readonly rounds: number; readonly burst: number },
): Promise<readonly HopLine[]> {
  const paths = await assigned(owner.url, topic, partitions, connections);
  const rewind = async (): Promise<void> => {
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const body = { partitions: all };
    await Promise.all(paths.map((path) => call(owner.url, 'POST', `${path}/positions/beginning`, body)));
  };
  const [barePort, bareEdgePort] = [await freePort(), await freePort()];
  const bare = new MeasuredProcess([floorScript, String(barePort)], {});
  const bareEdge = new MeasuredProcess([floorScript, String(bareEdgePort), String(barePort)], {});
  try {
    await bare.answers(`http://127.0.0.1:${barePort}/`, 30_000);
    await bareEdge.answers(`http://127.0.0.1:${bareEdgePort}/`, 30_000);
    const both = (requests: readonly Buffer[], prepare = nothing): readonly [Way, Way] => [
      { port: owner.port, requests, owner: owner.process, edge: undefined, prepare },
      { port: edge.port, requests, owner: owner.process, edge: edge.process, prepare },
    ];
    const bareRequests = [get('/consumers/g/instances/i/subscription', v2)];
    const shapes: readonly (readonly [string, readonly [Way, Way]])[] = [
      [
        'bare node:http, forwarded with undici',
        [
          { port: barePort, requests: bareRequests, owner: bare, edge: undefined, prepare: nothing },
          { port: bareEdgePort, requests: bareRequests, owner: bare, edge: bareEdge, prepare: nothing },
        ],
      ],
      ['GET subscription', both(paths.map((path) => get(`${path}/subscription`, v2)))],
      ...[150, 1_500, 15_000].map((bytes) => {
        const requests = paths.map((path) => get(`${path}/records?timeout=5000&max_bytes=${bytes}`, jsonV2));
        return [`read of ${bytes} bytes`, both(requests, rewind)] as const;
      }),
    ];
    const lines = shapes.map(([what, ways]) => ({ what, ways, direct: none(), forwarded: none() }));
    for (const { ways } of lines) for (const way of ways) await cpuTime(way, none(), burst * 2);
    for (let round = 0; round < rounds; round++) {
      for (const { ways, direct, forwarded } of lines) {
        await cpuTime(ways[0], direct, burst);
        await cpuTime(ways[1], forwarded, burst);
        await latency(ways[0], direct, burst / 10);
        await latency(ways[1], forwarded, burst / 10);
      }
    }
    return lines;
  } finally {
    await Promise.all([bare.stop(), bareEdge.stop()]);
    await Promise.all(paths.map((path) => call(owner.url, 'DELETE', path)));
  }
}

export function hopTable(lines: readonly HopLine[]): string {
  const head =
    '| what | owner alone µs | edge µs | owner µs | the hop µs | direct p50/p99 ms | through p50/p99 ms | hop p50 ms | three replicas, times |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |';
  const rows = lines.map(({ what, direct, forwarded }) => {
    const { edgeUs, ownerUs } = forwarded;
    const cpu = [direct.ownerUs, edgeUs, ownerUs, edgeUs + ownerUs - direct.ownerUs].map((us) =>
      us.toFixed(0),
    );
    const times = [direct, forwarded].map(({ p50Ms, p99Ms }) => `${p50Ms.toFixed(2)} / ${p99Ms.toFixed(2)}`);
    const difference = (forwarded.p50Ms - direct.p50Ms).toFixed(2);
    return `| ${[what, ...cpu, ...times, difference, timesOfThree(direct, forwarded).toFixed(2)].join(' | ')} |`;
  });
  return [head, ...rows].join('\n');
}

/**
 * How many times as much three replicas behind round robin do as one, each busy on a core of its own: one request in
 * three comes to its owner.
 */
function timesOfThree(direct: Cost, { edgeUs, ownerUs }: Cost): number {
  return (3 * direct.ownerUs) / (direct.ownerUs / 3 + (2 / 3) * (edgeUs + ownerUs));
}

async function cpuTime(way: Way, cost: Cost, most: number): Promise<void> {
  await way.prepare();
  const used = (): readonly [number, number] => [way.owner.usage().cpuUs, way.edge?.usage().cpuUs ?? 0];
  const before = used();
  const { requests } = await load({
    port: way.port,
    connections,
    request: way.requests,
    durationMs: longestBurstMs,
    most,
    check: (body) => (body === '[]' ? 'a read got nothing' : undefined),
  });
  const [ownerUs, edgeUs] = used().map((us, i) => (us - (before[i] ?? 0)) / requests);
  if (ownerUs === undefined || edgeUs === undefined || ownerUs + edgeUs >= cost.ownerUs + cost.edgeUs) return;
  cost.ownerUs = ownerUs;
  cost.edgeUs = edgeUs;
}

/** One request after the other. */
async function latency(way: Way, cost: Cost, most: number): Promise<void> {
  await way.prepare();
  const request = way.requests.slice(0, 1);
  const got = await load({ port: way.port, connections: 1, request, durationMs: longestBurstMs, most });
  if (got.p50Ms >= cost.p50Ms) return;
  cost.p50Ms = got.p50Ms;
  cost.p99Ms = got.p99Ms;
}

const longestBurstMs = 30_000;

const none = (): Cost => ({ ownerUs: Infinity, edgeUs: Infinity, p50Ms: Infinity, p99Ms: Infinity });

const nothing = (): Promise<void> => Promise.resolve();
