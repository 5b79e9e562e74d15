import { uniqueName } from '../../support/unique-name.ts';
import { seededRandom } from '../../support/random-json.ts';
import { balancerTimeoutMs } from './balancer.ts';
import { check, type Verdict } from './checker.ts';
import { Deployment, leaseMs, renewMs, type PlantedFault } from './deployment.ts';
import { History } from './history.ts';
import type { KafkaServers } from './kafka-servers.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import { longPollMs, Workload, type WorkloadOptions } from './workload.ts';

export interface RunOptions {
  readonly seed: number;
  /** Fewer consumers, and every fault once. */
  readonly short: boolean;
  /** Replicas with a fault that is to be found. */
  readonly planted?: PlantedFault;
}

export interface Run extends Verdict {
  readonly history: History;
  readonly seconds: number;
}

const load: Record<'short' | 'long', WorkloadOptions> = {
  short: {
    single: 2,
    groups: [3],
    manual: 2,
    partitions: 3,
    recordsPerSecond: 200,
    padding: 100,
    commitEvery: 5,
    hangsUpPercent: 0,
  },
  long: {
    single: 6,
    groups: [3, 5],
    manual: 4,
    partitions: 6,
    recordsPerSecond: 300,
    padding: 100,
    commitEvery: 5,
    hangsUpPercent: 0,
  },
};

/** Plays a scenario on replicas of its own, and judges what its clients have seen. */
export async function runScenario(
  kafka: KafkaServers,
  scenario: Scenario,
  { seed, short, planted }: RunOptions,
): Promise<Run> {
  const random = seededRandom(seed);
  const options = { ...load[short ? 'short' : 'long'], ...scenario.load };
  const topic = uniqueName(scenario.name);
  await kafka.createTopic(topic, options.partitions);
  const deployment = await Deployment.start(kafka, {
    replicas: 3,
    ...scenario.deployment,
    ...(planted === undefined ? {} : { planted }),
  });
  const history = new History();
  const workload = new Workload(topic, options, deployment, history, random);
  const stage = new Stage(deployment, workload, history, random, short ? 1 : 3);
  const startedAt = performance.now();
  const complain = (error: unknown): void =>
    stage.complain(error instanceof Error ? error.message : String(error));
  try {
    // Those that were first hear of the others with the second renewal of their leases.
    await stage.pass(2 * renewMs);
    await workload.start().catch(complain);
    await scenario.run(stage).catch(complain);
    // In any case, so that what did not come is told from what had no time to.
    await workload.finish().catch(complain);
  } finally {
    await workload.close();
    await deployment.stop();
    await kafka.deleteTopic(topic);
  }
  const verdict = check(history, {
    subscribers: workload.subscribers,
    alone: workload.alone,
    slowestReadMs: longPollMs + leaseMs + 1_000,
    frozenMs: balancerTimeoutMs,
    // The one that was under way: what was confirmed before had been saved when it began.
    repeatedReadsPerFault: 1,
    ...scenario.limits,
  });
  return { ...verdict, history, seconds: (performance.now() - startedAt) / 1000 };
}
