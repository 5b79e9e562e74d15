import { joined, pass, read, type BenchReplica } from './replicas-deployment.ts';

/** Milliseconds from the fault to the next answer with records. */
export interface AdoptionTimes {
  readonly what: string;
  /** Sorted. */
  readonly ms: readonly number[];
}

const query = 'timeout=10000&max_bytes=1000';
/** A replica that was away is known to the others again after a renewal. */
const renewalMs = 2_500;

interface Fault {
  readonly what: string;
  readonly strike: (owner: BenchReplica) => void;
  readonly heal: (owner: BenchReplica) => void | Promise<void>;
}

/** kill -9 of the owner. */
export const kill: Fault = {
  what: 'kill -9',
  strike: (owner) => owner.signal('SIGKILL'),
  heal: async (owner) => {
    await owner.stop();
    await owner.start();
  },
};

/** The owner keeps its connections and does nothing. */
export const stop: Fault = {
  what: 'SIGSTOP',
  strike: (owner) => owner.signal('SIGSTOP'),
  heal: (owner) => owner.signal('SIGCONT'),
};

/** The fault at the owner, over and over, and a read at the other replica at once. */
export async function afterFaults(
  { what, strike, heal }: Fault,
  replicas: readonly [BenchReplica, BenchReplica],
  topic: string,
  times: number,
): Promise<AdoptionTimes> {
  const [first] = replicas;
  const path = await joined(first.url, topic);
  const ms: number[] = [];
  for (let i = 0; i < times; i++) {
    const [owner, edge] = sides(replicas, i);
    await read(edge.url, path, query);
    const started = performance.now();
    strike(owner);
    ms.push(await answered(edge, path, started));
    await heal(owner);
    await pass(renewalMs);
  }
  return { what, ms: ms.sort((a, b) => a - b) };
}

function sides(
  [a, b]: readonly [BenchReplica, BenchReplica],
  round: number,
): readonly [owner: BenchReplica, edge: BenchReplica] {
  return round % 2 === 0 ? [a, b] : [b, a];
}

/** @throws when the answer is empty: records are there all the time */
async function answered(edge: BenchReplica, path: string, started: number): Promise<number> {
  const records = await read(edge.url, path, query);
  const ms = performance.now() - started;
  if (records === 0) throw new Error(`an empty answer after ${ms.toFixed(0)} ms`);
  return ms;
}
