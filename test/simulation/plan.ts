import type { Random } from './engine/random.ts';
import type { FaultName } from './nemesis.ts';

/** What one seed plays. */
export interface Plan {
  readonly kind: 'calm' | 'one fault' | 'faults' | 'forgetful store' | 'catastrophe';
  readonly faults: readonly { readonly at: number; readonly name: FaultName }[];
  readonly partitions: number;
  readonly groupMembers: number;
  readonly autoCommit: boolean;
  readonly manualAutoCommit: boolean;
  readonly leaves: boolean;
  readonly seeks: boolean;
  readonly churns: boolean;
  /** Whether all timers get the time to end. */
  readonly rests: boolean;
}

/** Faults are over by then. */
export const healAtMs = 10_000;

/** Faults that end replicas. */
export const endings: readonly FaultName[] = [
  'crash',
  'crash when an answer is out',
  'drain',
  'roll',
  'pause',
];
const cuts: readonly FaultName[] = [
  'cut from store',
  'cut from peer',
  'cut from kafka',
  'cut from all',
  'losses',
  'store outage',
  'kafka outage',
];
const losses: readonly FaultName[] = ['store flush', 'store failover'];
/** What a store that forgets may meet without an instance being lost: all replicas run and hear each other. */
const harmless: readonly FaultName[] = ['cut from kafka', 'kafka outage', 'store flush'];

export function planOf(random: Random): Plan {
  const draw = random.next();
  const kind: Plan['kind'] =
    draw < 0.03
      ? 'calm'
      : draw < 0.25
        ? 'one fault'
        : draw < 0.8
          ? 'faults'
          : draw < 0.9
            ? 'forgetful store'
            : 'catastrophe';
  const isCounted = kind === 'one fault' || kind === 'calm';
  const names = faultsOf(kind, random);
  // A store that has lost the last writes may tell of an instance that had the same name before.
  const mayForget = names.includes('store failover');
  return {
    kind,
    faults: names.map((name) => ({ name, at: random.between(1_500, healAtMs - 1_500) })),
    partitions: random.int(2, 4),
    groupMembers: random.int(1, 3),
    autoCommit: random.chance(0.5),
    manualAutoCommit: random.chance(0.5),
    leaves: !isCounted && !mayForget && random.chance(0.3),
    seeks: !isCounted && random.chance(0.5),
    churns: !mayForget && random.chance(0.5),
    rests: random.chance(0.1),
  };
}

function faultsOf(kind: Plan['kind'], random: Random): readonly FaultName[] {
  const some = (count: number, from: readonly FaultName[]): FaultName[] =>
    Array.from({ length: count }, () => random.pick(from));
  switch (kind) {
    case 'calm':
      return [];
    case 'one fault':
      return some(1, endings);
    case 'faults':
      return some(random.int(1, 4), [...endings, ...cuts]);
    case 'forgetful store':
      return [random.pick(losses), ...some(random.int(0, 2), harmless)];
    case 'catastrophe':
      return [random.pick(losses), ...some(random.int(1, 4), [...endings, ...cuts, ...losses])];
  }
}
