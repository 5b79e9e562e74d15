import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TcpBroker } from '../../../../test/support/fakes/tcp-broker.ts';
import { Connections } from '../connections.ts';
import { ControlLanes } from './control-lanes.ts';

let broker: TcpBroker;
let connections: Connections;

beforeEach(async () => {
  broker = await TcpBroker.start();
  connections = new Connections({
    brokers: [broker.address],
    clientId: 'test',
    tls: undefined,
    sasl: undefined,
    connectTimeoutMs: 5_000,
    requestTimeoutMs: 60_000,
    retryBackoffMs: 1,
    retryBackoffMaxMs: 1,
    metadataMaxAgeMs: 60_000,
    connectionsMaxIdleMs: 60_000,
  });
});

afterEach(async () => {
  vi.useRealTimers();
  connections.close();
  await broker.stop();
});

describe('ControlLanes', () => {
  it('needs one connection for requests that come one by one', async () => {
    const lanes = new ControlLanes(connections, 4);
    for (let i = 0; i < 10; i++) await lanes.run(broker.address, () => Promise.resolve(i));

    expect(broker.connections).toBe(1);
  });

  it('spreads those that come together, over so many connections and no more', async () => {
    const lanes = new ControlLanes(connections, 4);
    const used: unknown[] = [];
    await Promise.all(
      Array.from({ length: 10 }, () =>
        lanes.run(broker.address, async (connection) => {
          used.push(connection);
          await new Promise((resolve) => setImmediate(resolve));
        }),
      ),
    );

    expect(new Set(used).size).toBe(4);
  });

  describe('with a lane that is open', () => {
    let lanes: ControlLanes;

    beforeEach(async () => {
      lanes = new ControlLanes(connections, 1);
      await lanes.run(broker.address, () => Promise.resolve());
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    });

    it('gives a silent broker up, and its connection', async () => {
      const silent = lanes.run(broker.address, () => new Promise(() => {}));
      const outcome = expect(silent).rejects.toMatchObject({ kind: 'REQUEST_TIMED_OUT' });

      await vi.advanceTimersByTimeAsync(5_001);

      await outcome;
      vi.useRealTimers();
      await vi.waitFor(() => expect(broker.connections).toBe(0));
    });

    it('does not give up a broker that answers others of a long queue', async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const last = lanes.run(broker.address, () => promise);
      for (let i = 0; i < 5; i++) {
        await vi.advanceTimersByTimeAsync(4_000);
        await lanes.run(broker.address, () => Promise.resolve());
      }
      resolve('late');

      await expect(last).resolves.toBe('late');
    });
  });
});
