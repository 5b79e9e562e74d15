import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { KafkaConnectionConfig } from '../connection-config.ts';
import { kafkajsConfig } from './kafkajs-config.ts';

const plain: KafkaConnectionConfig = {
  brokers: [{ host: 'broker', port: 9092 }],
  clientId: 'proxy',
  tls: undefined,
  sasl: undefined,
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  retryBackoffMs: 100,
  retryBackoffMaxMs: 1_000,
  metadataMaxAgeMs: 300_000,
  connectionsMaxIdleMs: 540_000,
};

describe('kafkajsConfig', () => {
  it('leaves TLS and SASL out where they are not configured', () => {
    const config = kafkajsConfig(plain);

    expect(config).toMatchObject({ brokers: ['broker:9092'], clientId: 'proxy', connectionTimeout: 10_000 });
    expect(config).not.toHaveProperty('ssl');
    expect(config).not.toHaveProperty('sasl');
  });

  it.each([
    ['PLAIN', 'plain'],
    ['SCRAM-SHA-256', 'scram-sha-256'],
    ['SCRAM-SHA-512', 'scram-sha-512'],
  ] as const)('names %s as kafkajs does', (mechanism, name) => {
    const config = kafkajsConfig({ ...plain, sasl: { mechanism, username: 'u', password: 'p' } });

    expect(config.sasl).toEqual({ mechanism: name, username: 'u', password: 'p' });
  });

  it('asks for a token at each connect and sends the extensions along', async () => {
    let asked = 0;
    const token = (): Promise<string> => Promise.resolve(`token-${++asked}`);
    const { sasl } = kafkajsConfig({
      ...plain,
      sasl: { mechanism: 'OAUTHBEARER', token, extensions: { logicalCluster: 'lkc-1' } },
    });

    if (sasl === undefined || !('oauthBearerProvider' in sasl)) expect.fail('no token provider');
    expect(await sasl.oauthBearerProvider()).toEqual({
      value: 'token-1',
      extensions: { logicalCluster: 'lkc-1' },
    });
    expect(await sasl.oauthBearerProvider()).toMatchObject({ value: 'token-2' });
  });

  it('reaches a seed that is an IPv6 address', async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
    const { port } = server.address() as AddressInfo;
    const { brokers, socketFactory } = kafkajsConfig({ ...plain, brokers: [{ host: '::1', port }] });
    const [seed] = Array.isArray(brokers) ? brokers : [];

    // What kafkajs makes of a seed.
    const [host = '', portText] = (seed ?? '').split(':');
    await new Promise<void>((onConnect, reject) => {
      const ssl: object | null = null;
      const socket = socketFactory?.({ host, port: Number(portText), ssl: ssl as never, onConnect });
      socket?.once('error', reject);
    });

    server.close();
  });
});
