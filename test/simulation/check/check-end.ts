import type { ReplicaHost, World } from '../world.ts';
import type { Place } from '../http/operations.ts';

/** Names of the groups whose clients read everything. */
export const readingGroups = ['group', 'manual'] as const;

/** Records that a group has not got. */
export function lostRecords({ broker, history }: World, group: string): readonly Place[] {
  const { logs } = broker;
  const ends = Array.from({ length: logs.partitions }, (_, partition) => logs.end(partition));
  return history.group(group).lost(ends);
}

/**
 * What is wrong when everything works again, everything has been read, and nobody asks for anything any more.
 *
 * @param hasRested all timers have had the time to end
 */
export async function faultsAtEnd(world: World, hasRested: boolean): Promise<readonly string[]> {
  return [
    ...readingGroups.flatMap((group) => lost(world, group)),
    ...readingGroups.flatMap((group) => passed(world, group)),
    ...world.nodes.flatMap((node) => leaks(node, hasRested)),
    ...(await misplaced(world)),
  ];
}

function lost(world: World, group: string): readonly string[] {
  return lostRecords(world, group).map(
    ({ offset, partition }) => `group ${group} never got ${partition}@${offset}`,
  );
}

function passed({ history }: World, group: string): readonly string[] {
  return history
    .group(group)
    .passed()
    .map(({ offset, partition }) => `group ${group} has passed ${partition}@${offset}, which nobody got`);
}

function leaks({ name, running }: ReplicaHost, hasRested: boolean): readonly string[] {
  if (running === undefined) return [`${name} does not run`];
  const { deliveries, instances, openRequests, pendingReports } = running;
  const counts = {
    'forwarded deliveries': hasRested ? deliveries.size : 0,
    'open requests': openRequests,
    'pending reports': pendingReports,
    'unconfirmed records': instances.unconfirmed,
    'instances more than are held': instances.size - instances.held().length,
  };
  return Object.entries(counts).flatMap(([what, count]) =>
    count === 0 ? [] : [`${name} has ${count} ${what}`],
  );
}

/** Every instance is held by one replica, and the store says so. */
async function misplaced({ nodes, store }: World): Promise<readonly string[]> {
  const faults: string[] = [];
  const holders = new Map<string, string>();
  for (const { address, name: node, running } of nodes) {
    for (const { epoch, name } of running?.instances.held() ?? []) {
      const what = `${name.id} of ${name.group}`;
      const other = holders.get(what);
      if (other !== undefined) faults.push(`${what} is held by ${other} and ${node}`);
      holders.set(what, node);
      const found = await store.store.look(name);
      if (found.outcome !== 'found')
        faults.push(`${what} is held by ${node}, and the store says: ${found.outcome}`);
      else if (found.placement.address !== address || found.placement.epoch !== epoch) {
        const { placement } = found;
        faults.push(
          `${what} is held by ${node} at ${epoch}, and the store says: ${placement.incarnation} at ${placement.epoch}`,
        );
      }
    }
  }
  return faults;
}
