import { beforeEach, describe, expect, it } from 'vitest';
import type { KafkaConnectionConfig } from '../../connection-config.ts';
import { KafkaError } from '../../kafka-error.ts';
import type { BrokerNode, ClusterDescription } from '../../kafka-types.ts';
import type { BrokerAddress, BrokerConnection } from '../broker-connection.ts';
import { AdminRequests } from './admin-requests.ts';

const config: KafkaConnectionConfig = {
  brokers: [{ host: 'seed', port: 1 }],
  clientId: 'test',
  tls: undefined,
  sasl: undefined,
  connectTimeoutMs: 1_000,
  requestTimeoutMs: 30_000,
  retryBackoffMs: 1,
  retryBackoffMaxMs: 2,
  metadataMaxAgeMs: 300_000,
  connectionsMaxIdleMs: 540_000,
};

const nodes: readonly BrokerNode[] = [1, 2, 3].map((id) => ({ id, host: `b${id}`, port: 9092, rack: null }));

/** A cluster of three that only says who is who; a connection is known by its address. */
class Cluster {
  controllerId = 1;
  /** What the cached description says; undefined before the first answer. */
  cachedController: number | undefined = 1;
  readonly down = new Set<string>();
  asked = 0;

  readonly connections = {
    config,
    shared: async (address: BrokerAddress): Promise<BrokerConnection> => {
      if (this.down.has(address.host)) throw KafkaError.of('NETWORK_EXCEPTION');
      return { address } as never;
    },
  };

  readonly metadata = {
    known: (): ClusterDescription | undefined =>
      this.cachedController === undefined ? undefined : this.description(this.cachedController),
    cluster: async (): Promise<ClusterDescription> => {
      this.asked++;
      this.cachedController = this.controllerId;
      return this.description(this.controllerId);
    },
    node: (id: number): BrokerNode | undefined => nodes.find((node) => node.id === id),
    addresses: (): readonly BrokerAddress[] => nodes.toReversed(),
  };

  private description(controllerId: number): ClusterDescription {
    return { clusterId: 'c', controllerId, brokers: nodes };
  }
}

let cluster: Cluster;
let requests: AdminRequests;
/** Hosts that requests went to. */
let sent: string[];

beforeEach(() => {
  cluster = new Cluster();
  requests = new AdminRequests(cluster.connections, cluster.metadata);
  sent = [];
});

/** Answers with 41 for anybody but the controller. */
async function change({ address }: BrokerConnection): Promise<number> {
  sent.push(address.host);
  return address.host === `b${cluster.controllerId}` ? 0 : 41;
}

const codes = (answer: number): readonly number[] => [answer];

describe('a request for the controller', () => {
  it('goes to the one that is known, without asking who it is', async () => {
    expect(await requests.toController(change, codes)).toBe(0);
    expect([sent, cluster.asked]).toEqual([['b1'], 0]);
  });

  it('asks who it is before the first answer of the cluster', async () => {
    cluster.cachedController = undefined;
    cluster.controllerId = 2;

    expect(await requests.toController(change, codes)).toBe(0);
    expect([sent, cluster.asked]).toEqual([['b2'], 1]);
  });

  it('follows it when it moves', async () => {
    cluster.controllerId = 3;

    expect(await requests.toController(change, codes)).toBe(0);
    expect(sent).toEqual(['b1', 'b3']);
  });

  it('goes to another broker, which hands it on, when the controller cannot be reached', async () => {
    cluster.down.add('b1');

    expect(await requests.toController(async ({ address }) => sent.push(address.host), codes)).toBe(1);
    expect(sent).toEqual(['b3']);
  });

  it('is not repeated when it may have been done', async () => {
    const lost = KafkaError.of('NETWORK_EXCEPTION');
    const send = async ({ address }: BrokerConnection): Promise<number> => {
      sent.push(address.host);
      throw lost;
    };

    await expect(requests.toController(send, codes)).rejects.toBe(lost);
    expect(sent).toEqual(['b1']);
  });

  it('is given up after a while when nobody is the controller', async () => {
    cluster.controllerId = 9;
    const impatient = {
      ...cluster.connections,
      config: { ...config, retryBackoffMs: 20_000, retryBackoffMaxMs: 20_000 },
    };

    const given = new AdminRequests(impatient, cluster.metadata).toController(async () => 41, codes);

    await expect(given).rejects.toMatchObject({ kind: 'NOT_CONTROLLER' });
  });
});

describe('a request for one broker', () => {
  it('goes there', async () => {
    expect(await requests.toBroker(2, async ({ address }) => address.host)).toBe('b2');
  });

  it('fails at once when there is none, having asked the cluster once', async () => {
    await expect(requests.toBroker(9, change)).rejects.toMatchObject({ kind: 'BROKER_NOT_AVAILABLE' });
    expect([sent, cluster.asked]).toEqual([[], 1]);
  });
});

describe('a question that all can answer', () => {
  it('goes to the next when one cannot be reached', async () => {
    cluster.down.add('b3');

    expect(await requests.toAny(async ({ address }) => address.host)).toBe('b2');
  });
});
