import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TcpBroker } from '../../../test/support/fakes/tcp-broker.ts';
import type { KafkaConnectionConfig } from '../connection-config.ts';
import type { BrokerAddress } from './broker-connection.ts';
import { Connections } from './connections.ts';

const config: KafkaConnectionConfig = {
  brokers: [],
  clientId: 'test',
  tls: undefined,
  sasl: undefined,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 5_000,
  retryBackoffMs: 20,
  retryBackoffMaxMs: 20,
  metadataMaxAgeMs: 60_000,
  connectionsMaxIdleMs: 60_000,
};

let connections: Connections;

afterEach(() => {
  vi.useRealTimers();
  connections.close();
});

async function freeAddress(): Promise<BrokerAddress> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('it listened');
  return { host: '127.0.0.1', port: address.port };
}

describe('Connections', () => {
  it('reaches a broker that is back, though the clock was set back meanwhile', async () => {
    connections = new Connections(config);
    const address = await freeAddress();
    await expect(connections.shared(address, 'control')).rejects.toMatchObject({ kind: 'NETWORK_EXCEPTION' });
    const broker = await TcpBroker.start(address.port);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() - 3_600_000);

    await vi.waitFor(async () => expect((await connections.shared(address, 'control')).usable).toBe(true));
    await broker.stop();
  });
});
