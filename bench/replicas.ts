/**
 * What replication costs and how fast replicas take over from each other. See bench/README.md.
 *
 * Arguments: names of parts to run (hop, commands, adoption, drain, scale, memory); all when none. `--quick` shortens all.
 */
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { builtMain } from '../scripts/build.ts';
import { startKafka } from '../scripts/stack/kafka-cluster.ts';
import { startRedis } from '../scripts/stack/redis.ts';
import { afterFaults, kill, stop, type AdoptionTimes } from './replicas-adoption.ts';
import { countCommands } from './replicas-commands.ts';
import { fill, pass, startReplicas, type BenchReplica } from './replicas-deployment.ts';
import { drain } from './replicas-drain.ts';
import { hopTable, measureHop } from './replicas-hop.ts';
import { measureScale, scaleTable } from './replicas-scale.ts';
import { idle } from './scenarios.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const parts = args.filter((arg) => !arg.startsWith('--'));
const wanted = (part: string): boolean => parts.length === 0 || parts.includes(part);
const partitions = 3;
const topic = 'bench-replicas';

if (!existsSync(builtMain)) throw new Error('There is no build: npm run build');
if (process.platform !== 'linux') throw new Error('The bench reads /proc: it runs on Linux only.');

const kafka = await startKafka({ properties: { 'num.partitions': String(partitions) } });
const redis = await startRedis();
let replicas: readonly BenchReplica[] = [];

try {
  if (wanted('hop') || wanted('commands') || wanted('scale')) await measureReads();
  if (wanted('adoption') || wanted('drain')) await measureHandOvers();
  if (wanted('memory')) await measureMemory();
} finally {
  await stopAll();
  await redis.stop();
  await kafka.stop();
}

async function measureReads(): Promise<void> {
  const [first, second] = await startPair(3);
  await fill(first, topic, quick ? 100_000 : 300_000);
  const times = quick ? { rounds: 3, burst: 2_000 } : { rounds: 8, burst: 4_000 };
  if (wanted('hop')) {
    console.log(`\n${hopTable(await measureHop([first, second], topic, partitions, times))}`);
    sayLoad();
  }
  if (wanted('commands')) {
    for (const { each, redisUs, what } of await countCommands(
      redis.url,
      [first, second],
      topic,
      partitions,
      quick ? 200 : 1_000,
    )) {
      console.log(`${what}: ${each.toFixed(3)} requests to Redis, ${redisUs.toFixed(0)} µs of Redis each.`);
    }
  }
  if (wanted('scale')) {
    const lines = await measureScale(replicas, topic, partitions, [150, 1_500, 15_000], times);
    console.log(`\n${scaleTable(lines)}`);
    sayLoad();
  }
  await stopAll();
}

async function measureHandOvers(): Promise<void> {
  const pair = await startPair(2);
  await fill(pair[0], topic, 20_000);
  if (wanted('adoption')) {
    sayTimes(await afterFaults(kill, pair, topic, quick ? 5 : 20));
    sayTimes(await afterFaults(stop, pair, topic, quick ? 2 : 5));
    sayLoad();
  }
  if (wanted('drain')) {
    for (const instances of quick ? [100] : [100, 100, 100, 1_000]) {
      const got = await drain(pair, topic, instances);
      console.log(
        `SIGTERM with ${got.instances} instances and ${got.waitingReads} waiting reads: ended after ` +
          `${got.exitMs.toFixed(0)} ms, all handed over after ${got.handOverMs.toFixed(0)} ms; ` +
          `${got.failed} reads failed, ${got.served} instances served by the other.`,
      );
      sayLoad();
    }
  }
  await stopAll();
}

async function measureMemory(): Promise<void> {
  const instances = quick ? 1_000 : 4_000;
  for (const on of [false, true]) {
    const [replica] = (replicas = await startReplicas({
      kafka: kafka.bootstrapServers,
      redis: on ? redis.url : undefined,
      replicas: 1,
    }));
    if (replica === undefined) return;
    await fill(replica, topic, 1_000);
    // What the first ones cost is paid once.
    await idle(replica.process, replica.url, topic, 200, 1_000);
    const got = await idle(replica.process, replica.url, topic, instances, 10_000);
    console.log(
      `${got.instances} idle instances, replication ${on ? 'on' : 'off'}: ${got.kibEach.toFixed(1)} KiB each, ` +
        `${got.idleCpuPercent.toFixed(1)} % of a core.`,
    );
    await stopAll();
  }
}

async function startPair(count: number): Promise<readonly [BenchReplica, BenchReplica]> {
  replicas = await startReplicas({
    kafka: kafka.bootstrapServers,
    redis: redis.url,
    replicas: count,
  });
  const [first, second] = replicas;
  if (first === undefined || second === undefined) throw new Error('there are too few replicas');
  // They know each other after a renewal.
  await pass(2_500);
  return [first, second];
}

async function stopAll(): Promise<void> {
  await Promise.all(replicas.map((each) => each.stop()));
  replicas = [];
}

function sayTimes({ ms, what }: AdoptionTimes): void {
  const at = (q: number): string =>
    (ms[Math.min(ms.length - 1, Math.floor(ms.length * q))] ?? NaN).toFixed(0);
  console.log(
    `${what} of the owner, ${ms.length} times, until the next answer: p50 ${at(0.5)} ms, most ${at(1)} ms.`,
  );
}

/** How busy the machine is, this bench included. */
function sayLoad(): void {
  console.log(`\nLoad of the machine: ${loadavg()[0]?.toFixed(1)}.`);
}
