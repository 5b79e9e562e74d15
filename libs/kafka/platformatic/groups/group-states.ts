import type { GroupState } from '../../kafka-groups.ts';

const states: ReadonlyMap<string, GroupState> = new Map([
  ['preparingrebalance', 'PREPARING_REBALANCE'],
  ['completingrebalance', 'COMPLETING_REBALANCE'],
  ['stable', 'STABLE'],
  ['dead', 'DEAD'],
  ['empty', 'EMPTY'],
  ['assigning', 'ASSIGNING'],
  ['reconciling', 'RECONCILING'],
]);

/** A state as a broker names it. */
export function groupState(name: string): GroupState {
  return states.get(name.toLowerCase()) ?? 'UNKNOWN';
}
