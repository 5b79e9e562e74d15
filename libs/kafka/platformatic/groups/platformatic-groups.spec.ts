import { beforeEach, describe, expect, it } from 'vitest';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode, ClusterDescription } from '../../kafka-types.ts';
import type { BrokerAddress, BrokerConnection } from '../broker-connection.ts';
import { PlatformaticGroups } from './platformatic-groups.ts';

const keys = { offsetFetch: 9, findCoordinator: 10, describeGroups: 15, listGroups: 16 };
const codes = { coordinatorLoadInProgress: 14, notCoordinator: 16 };

/** Brokers that coordinate classic groups without members, and note what they are asked. */
class Cluster {
  readonly nodes = new Map<number, BrokerNode>(
    [1, 2].map((id) => [id, { id, host: `b${id}`, port: 9092, rack: null }]),
  );
  /** Brokers by group. */
  readonly coordinators = new Map<string, number>();
  /** Error codes of the next lists. */
  readonly listErrors: number[] = [];
  readonly asked: (readonly [broker: number, key: number, count: number])[] = [];
  /** Called when groups are described. */
  beforeDescribe: () => void = () => {};

  readonly connections = {
    config: { retryBackoffMs: 1, retryBackoffMaxMs: 2, requestTimeoutMs: 30_000 },
    shared: async (address: BrokerAddress): Promise<BrokerConnection> => this.connectionTo(address),
  };

  readonly metadata = {
    known: (): ClusterDescription => this.description(),
    cluster: async (): Promise<ClusterDescription> => this.description(),
    node: (id: number): BrokerNode | undefined => this.nodes.get(id),
    brokers: (): readonly BrokerNode[] => [...this.nodes.values()],
    addresses: (): readonly BrokerAddress[] => [...this.nodes.values()],
    anyBroker: async (): Promise<BrokerConnection> => this.connectionTo({ host: 'b1', port: 9092 }),
  };

  count(key: number): number {
    return this.asked.filter(([, asked]) => asked === key).length;
  }

  private description(): ClusterDescription {
    return { clusterId: 'c', controllerId: 1, brokers: [...this.nodes.values()] };
  }

  private connectionTo({ host }: BrokerAddress): BrokerConnection {
    const id = Number(host.slice(1));
    if (!this.nodes.has(id)) throw KafkaError.of('NETWORK_EXCEPTION');
    return {
      call: async (versions: readonly { readonly key: number }[], ...args: unknown[]) =>
        this.answer(id, versions[0]?.key ?? -1, args),
      choose: () => {
        throw KafkaError.of('UNSUPPORTED_VERSION');
      },
    } as never;
  }

  private answer(id: number, key: number, args: readonly unknown[]): object {
    switch (key) {
      case keys.listGroups: {
        this.asked.push([id, key, 0]);
        const errorCode = this.listErrors.shift() ?? 0;
        const own = [...this.coordinators].filter(([, broker]) => broker === id);
        const groups = own.map(([groupId]) => ({
          groupId,
          protocolType: 'consumer',
          groupState: 'Empty',
          groupType: 'classic',
        }));
        return { errorCode, groups };
      }
      case keys.describeGroups: {
        const ids = args[0] as readonly string[];
        this.asked.push([id, key, ids.length]);
        this.beforeDescribe();
        return { groups: ids.map((groupId) => this.described(id, groupId)) };
      }
      case keys.findCoordinator: {
        const ids = args[1] as readonly string[];
        this.asked.push([id, key, ids.length]);
        return {
          coordinators: ids.map((group) => ({
            key: group,
            host: `b${this.coordinators.get(group) ?? 1}`,
            port: 9092,
            errorCode: 0,
          })),
        };
      }
      case keys.offsetFetch:
        this.asked.push([id, key, 1]);
        return { groups: [{ errorCode: 0, topics: [] }] };
      default:
        throw new Error(`unexpected request ${key}`);
    }
  }

  private described(id: number, groupId: string): object {
    const coordinator = this.coordinators.get(groupId);
    const errorCode = coordinator !== undefined && coordinator !== id ? codes.notCoordinator : 0;
    const groupState = coordinator === undefined ? 'Dead' : 'Empty';
    return { errorCode, groupId, groupState, protocolType: 'consumer', protocolData: '', members: [] };
  }
}

let cluster: Cluster;
let groups: PlatformaticGroups;

beforeEach(() => {
  cluster = new Cluster();
  groups = new PlatformaticGroups(cluster.connections as never, cluster.metadata as never);
});

const idsOf = (all: readonly { readonly groupId: string }[]): readonly string[] =>
  all.map(({ groupId }) => groupId);

describe('a list of groups', () => {
  it('is asked of every broker once', async () => {
    cluster.coordinators.set('a', 1).set('b', 2);

    expect(new Set(idsOf(await groups.list()))).toEqual(new Set(['a', 'b']));
    expect(cluster.asked).toEqual([
      [1, keys.listGroups, 0],
      [2, keys.listGroups, 0],
    ]);
  });

  it('is asked again while a broker still loads its groups', async () => {
    cluster.coordinators.set('a', 1);
    cluster.listErrors.push(codes.coordinatorLoadInProgress);

    expect(idsOf(await groups.list())).toEqual(['a']);
    expect(cluster.count(keys.listGroups)).toBe(4);
  });
});

describe('groups of a list', () => {
  const ids = Array.from({ length: 450 }, (_, i) => `g${i}`);

  it('are described in the order of the list, 200 of a coordinator at one time', async () => {
    for (const [i, id] of ids.entries()) cluster.coordinators.set(id, i < 430 ? 1 : 2);
    const listed = (await groups.list()).toReversed();

    expect(idsOf(await groups.describeListed(listed))).toEqual(idsOf(listed));
    const described = cluster.asked.filter(([, key]) => key === keys.describeGroups);
    expect(described.filter(([broker]) => broker === 1).map(([, , count]) => count)).toEqual([200, 200, 30]);
    expect(described.filter(([broker]) => broker === 2).map(([, , count]) => count)).toEqual([20]);
  });

  it('are left out when they vanish meanwhile', async () => {
    cluster.coordinators.set('a', 1).set('b', 1);
    const listed = await groups.list();
    cluster.coordinators.delete('a');

    expect(idsOf(await groups.describeListed(listed))).toEqual(['b']);
  });

  it('are found where they are now when they move, and the others are not asked for again', async () => {
    cluster.coordinators.set('a', 1).set('b', 1);
    const listed = await groups.list();
    cluster.coordinators.set('b', 2);

    const found = await groups.describeListed(listed);

    expect(found.map(({ groupId, coordinator }) => [groupId, coordinator.id])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    const described = cluster.asked.filter(([, key]) => key === keys.describeGroups);
    expect(described.map(([broker, , count]) => [broker, count])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('are found elsewhere when their broker is gone', async () => {
    cluster.coordinators.set('a', 2);
    const listed = await groups.list();
    cluster.coordinators.set('a', 1);
    cluster.nodes.delete(2);

    expect((await groups.describeListed(listed)).map(({ coordinator }) => coordinator.id)).toEqual([1]);
  });
});

describe('one group', () => {
  it('is asked for at its coordinator, of which nothing is kept', async () => {
    cluster.coordinators.set('a', 2);

    await groups.describe('a');
    await groups.describe('a');

    expect(cluster.asked).toEqual([
      [1, keys.findCoordinator, 1],
      [2, keys.describeGroups, 1],
      [1, keys.findCoordinator, 1],
      [2, keys.describeGroups, 1],
    ]);
  });

  it('is followed when its coordinator changes between the two requests', async () => {
    cluster.coordinators.set('a', 1);
    cluster.beforeDescribe = () => {
      cluster.coordinators.set('a', 2);
    };

    expect(await groups.describe('a')).toMatchObject({ coordinator: { id: 2 } });
  });

  it('is undefined with its offsets when there is none', async () => {
    expect(await groups.describeWithOffsets('nope')).toBeUndefined();
    expect(cluster.count(keys.offsetFetch)).toBe(1);
  });
});
