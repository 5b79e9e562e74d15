import { aftermathMs } from './check/check-answer.ts';
import { faultsAtEnd, lostRecords, readingGroups } from './check/check-end.ts';
import { History } from './check/history.ts';
import { NameRegister } from './check/name-register.ts';
import { Weather } from './check/weather.ts';
import { ChurningClient } from './clients/churning-client.ts';
import { GroupClient } from './clients/group-client.ts';
import { ManualClient } from './clients/manual-client.ts';
import { Network } from './engine/network.ts';
import { Random } from './engine/random.ts';
import { Scheduler } from './engine/scheduler.ts';
import { SimulatedBroker } from './kafka/simulated-broker.ts';
import { Nemesis } from './nemesis.ts';
import { SimulatedNode } from './nodes/simulated-node.ts';
import { endings, healAtMs, planOf, type Plan } from './plan.ts';
import { StoreServer } from './store/store-server.ts';
import type { Controls } from './surroundings.ts';
import type { World } from './world.ts';

export interface Result {
  readonly seed: number;
  readonly plan: Plan;
  readonly violations: readonly string[];
  /** Of all that has happened: the same for the same seed. */
  readonly hash: number;
  readonly events: number;
  /** Empty unless asked for. */
  readonly lines: readonly string[];
}

export interface RunOptions {
  readonly controls?: Controls;
  readonly keepsLines?: boolean;
}

const nodeNames = ['n1', 'n2', 'n3'];
const produceUntilMs = healAtMs + 500;
/** So long after the faults all must have arrived. */
const catchUpMs = 25_000;
/** Reads go on for so long at least, to see that none is slow. */
const calmMs = 2_000;
/** Requests and saves have come to their end by then. */
const settleMs = 7_000;
/** What nobody reports on is forgotten by then. */
const restMs = 62_000;
/** No call takes longer when everything works. */
const longestCallMs = 15_000;
const meanProduceMs = 120;

/** Plays what a seed decides: three replicas, their store, a broker, clients and faults. */
export async function simulate(
  seed: number,
  { controls = {}, keepsLines = false }: RunOptions = {},
): Promise<Result> {
  const random = new Random(seed);
  const plan = planOf(random);
  const scheduler = new Scheduler(new Random(seed ^ 0x5bd1e995));
  const weather = new Weather();
  const history = new History(scheduler, weather, plan.partitions, keepsLines);
  const hasSecondary = plan.faults.some(({ name }) => name === 'store failover');
  const fences = controls.noFencing !== true;
  const nodes = nodeNames.map((name) => new SimulatedNode(() => world, name));
  const world: World = {
    scheduler,
    random,
    history,
    network: new Network(scheduler, random),
    broker: new SimulatedBroker(scheduler, history, { partitions: plan.partitions, fences }),
    store: new StoreServer(scheduler, random, hasSecondary),
    nodes,
    controls,
    nodeAt(address) {
      const node = nodes.find((one) => one.address === address);
      if (node === undefined) throw new RangeError(`no replica at ${address}`);
      return node;
    },
  };
  weather.isCatastrophe = plan.kind === 'catastrophe';
  weather.endsReplicas = plan.faults.some(({ name }) => endings.includes(name));
  for (const node of nodes) scheduler.after(random.between(0, 50), () => node.start());

  const manual = new ManualClient(world, weather, 'm', {
    group: 'manual',
    autoCommit: plan.manualAutoCommit,
    partitions: plan.partitions,
    seeks: plan.seeks,
  });
  const clients = [
    manual,
    ...groupClients(world, weather, plan),
    ...(plan.churns ? churningClients(world, weather) : []),
  ];
  let isOver = false;
  let running = 0;
  for (const client of clients) {
    running++;
    scheduler.after(random.between(400, 900), () => void client.run(() => isOver).then(() => running--));
  }
  produce(world);
  const nemesis = new Nemesis(world, weather);
  for (const { at, name } of plan.faults) scheduler.after(at, () => nemesis.play(name));
  scheduler.after(healAtMs, () => nemesis.end());

  await scheduler.run(healAtMs + aftermathMs);
  weather.healedAt = scheduler.now;
  await scheduler.run(scheduler.now + calmMs);
  const hasAll = (): boolean => readingGroups.every((group) => lostRecords(world, group).length === 0);
  await scheduler.run(scheduler.now + catchUpMs, hasAll);
  isOver = true;
  await scheduler.run(scheduler.now + longestCallMs, () => running === 0);
  if (running > 0) history.violation(`${running} clients still wait for an answer`);
  await scheduler.run(scheduler.now + (plan.rests ? restMs : settleMs));
  for (const text of await faultsAtEnd(world, plan.rests)) history.violation(text);
  if (plan.kind === 'calm' || plan.kind === 'one fault') {
    // Of each fault the answer in hand: the one before it had been saved before it went out.
    const most = weather.faults * (plan.faults[0]?.name === 'roll' ? nodes.length : 1);
    if (manual.repeatedAnswers > most)
      history.violation(`${manual.repeatedAnswers} answers came twice, ${most} may`);
  }
  return {
    seed,
    plan,
    violations: history.violations,
    hash: scheduler.hash,
    events: scheduler.executed,
    lines: history.lines,
  };
}

interface RunningClient {
  run(isOver: () => boolean): Promise<void>;
}

function groupClients(world: World, weather: Weather, plan: Plan): readonly RunningClient[] {
  const { autoCommit, groupMembers, leaves } = plan;
  return Array.from({ length: groupMembers }, (_, index) => {
    return new GroupClient(world, weather, `g${index}`, { group: 'group', autoCommit, leaves });
  });
}

function churningClients(world: World, weather: Weather): readonly RunningClient[] {
  const name = { group: 'churn', id: 'wanted' };
  const register = new NameRegister();
  return ['c0', 'c1'].map((id) => new ChurningClient(world, weather, id, name, register));
}

/** Records come one by one until a little after the faults. */
function produce(world: World): void {
  const { broker, history, random, scheduler } = world;
  scheduler.after(random.between(1, 2 * meanProduceMs), () => {
    const partition = random.int(0, broker.logs.partitions - 1);
    const offset = broker.logs.append(partition);
    history.note(() => `produced ${partition}@${offset}`);
    if (scheduler.now < produceUntilMs) produce(world);
  });
}
