import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpBroker } from '../../../../../test/support/fakes/tcp-broker.ts';
import { KafkaError } from '../../../kafka-error.ts';
import { Connections } from '../../connections.ts';
import { GroupCoordinators } from './group-coordinators.ts';

let broker: TcpBroker;
let connections: Connections;
let failure: KafkaError | undefined;
let coordinators: GroupCoordinators;

beforeEach(async () => {
  failure = undefined;
  broker = await TcpBroker.start();
  connections = new Connections({
    brokers: [broker.address],
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 5_000,
    requestTimeoutMs: 5_000,
    retryBackoffMs: 1,
    retryBackoffMaxMs: 1,
    metadataMaxAgeMs: 60_000,
    connectionsMaxIdleMs: 60_000,
  });
  coordinators = new GroupCoordinators({
    anyBroker: async () => {
      if (failure !== undefined) throw failure;
      return connections.shared(broker.address, 'metadata');
    },
  });
});

afterEach(async () => {
  connections.close();
  await broker.stop();
});

function asked(): number {
  return broker.requests.filter((key) => key === 10).length;
}

describe('GroupCoordinators', () => {
  it('asks once for all who want to know at the same time, and then no more', async () => {
    const found = await Promise.all([1, 2, 3].map(() => coordinators.find('g')));
    found.push(await coordinators.find('g'));

    expect(new Set(found).size).toBe(1);
    expect(found[0]).toEqual(broker.address);
    expect(asked()).toBe(1);
  });

  it('asks for several groups in one request, and says of which there is no answer', async () => {
    // This broker answers for the first group alone.
    const [one, other] = await Promise.allSettled([coordinators.find('a'), coordinators.find('b')]);

    expect(one.status).toBe('fulfilled');
    expect(other).toMatchObject({ status: 'rejected', reason: { kind: 'COORDINATOR_NOT_AVAILABLE' } });
    expect(asked()).toBe(1);
  });

  it('asks again once somebody found it wrong', async () => {
    const found = await coordinators.find('g');
    coordinators.forget('g', { host: 'another', port: 1 });
    await coordinators.find('g');
    expect(asked()).toBe(1);

    coordinators.forget('g', found);
    await coordinators.find('g');

    expect(asked()).toBe(2);
  });

  it('tells all when no broker answers, and asks anew later', async () => {
    failure = KafkaError.of('NETWORK_EXCEPTION');
    const results = await Promise.allSettled([coordinators.find('g'), coordinators.find('g')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    failure = undefined;

    await expect(coordinators.find('g')).resolves.toEqual(broker.address);
  });
});
