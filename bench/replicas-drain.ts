import { groupName, pass, read, type BenchReplica } from './replicas-deployment.ts';
import { call, subscribe } from './scenarios.ts';

export interface Drain {
  readonly instances: number;
  readonly waitingReads: number;
  /** From SIGTERM to the end of the process. */
  readonly exitMs: number;
  /** From the beginning of the hand-over to its end, as the replica says. */
  readonly handOverMs: number;
  /** Reads that ended otherwise than with 200. */
  readonly failed: number;
  /** Instances that another replica served afterwards. */
  readonly served: number;
}

const atOnce = 16;

/** SIGTERM for a replica with so many subscribed instances, half of which have a read that waits. */
export async function drain(
  [leaving, staying]: readonly [BenchReplica, BenchReplica],
  topic: string,
  instances: number,
): Promise<Drain> {
  const paths: string[] = [];
  const more = { 'auto.offset.reset': 'latest', 'consumer.request.timeout.ms': 60_000 };
  await forAll(instances, async () => {
    paths.push(await subscribe(leaving.url, groupName(), 'reader', topic, more));
  });
  // Every one is a member of its group, and its read at the end of the topic waits.
  await forAll(instances, async (i) => {
    const path = paths[i] ?? '';
    while (!(await isAssigned(leaving.url, path))) await pass(20);
  });
  let failed = 0;
  const waiting = paths
    .slice(0, instances / 2)
    .map((path) => read(leaving.url, path, 'timeout=60000').catch(() => failed++));
  await pass(1_500);
  const started = performance.now();
  leaving.signal('SIGTERM');
  while (!leaving.process.ended) await pass(5);
  const exitMs = performance.now() - started;
  await Promise.all(waiting);
  let served = 0;
  await forAll(instances, async (i) => {
    if (await isAssigned(staying.url, paths[i] ?? '')) served++;
  });
  const handOverMs = handOverOf(leaving.process.output);
  await leaving.start();
  await forAll(instances, async (i) => {
    await call(staying.url, 'DELETE', paths[i] ?? '');
  });
  return { instances, waitingReads: waiting.length, exitMs, handOverMs, failed, served };
}

async function isAssigned(base: string, path: string): Promise<boolean> {
  const answer = await call(base, 'GET', `${path}/assignments`);
  return JSON.stringify(answer) !== '{"partitions":[]}';
}

/** The log has when the process was asked to end and when all was handed over, in milliseconds. */
function handOverOf(output: string): number {
  const times = output.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const entry = JSON.parse(line) as { readonly time?: number | string; readonly msg?: string };
    const time = new Date(entry.time ?? NaN).getTime();
    if (entry.msg?.startsWith('Handed ') === true) return [{ kind: 'end', time }];
    return entry.msg === 'stopping' ? [{ kind: 'start', time }] : [];
  });
  const end = times.find(({ kind }) => kind === 'end')?.time ?? NaN;
  const start = times.find(({ kind }) => kind === 'start')?.time ?? NaN;
  return end - start;
}

async function forAll(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
