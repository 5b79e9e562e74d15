import { isIP, isIPv6, connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory, KafkaConfig, SASLOptions } from 'kafkajs';
import type { KafkaConnectionConfig, SaslConfig } from '../connection-config.ts';

/** Retries of one call; the deadline of the whole call cuts them short. */
const retries = 5;

/** The configuration of kafkajs for one way to reach the cluster. */
export function kafkajsConfig(connection: KafkaConnectionConfig): KafkaConfig {
  const seeds = new SeedNames();
  return {
    clientId: connection.clientId,
    brokers: connection.brokers.map(({ host, port }) => `${seeds.nameOf(host)}:${port}`),
    ...(connection.tls === undefined ? {} : { ssl: connection.tls }),
    ...(connection.sasl === undefined ? {} : { sasl: saslOptions(connection.sasl) }),
    connectionTimeout: connection.connectTimeoutMs,
    authenticationTimeout: connection.requestTimeoutMs,
    requestTimeout: connection.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: {
      retries,
      initialRetryTime: connection.retryBackoffMs,
      maxRetryTime: connection.retryBackoffMaxMs,
    },
    socketFactory: socketFactory(seeds),
  };
}

/** kafkajs splits a seed at its first colon, so an IPv6 address travels under a name of ours. */
class SeedNames {
  readonly #hosts = new Map<string, string>();

  nameOf(host: string): string {
    if (!isIPv6(host)) return host;
    const name = `ipv6-seed-${this.#hosts.size}.invalid`;
    this.#hosts.set(name, host);
    return name;
  }

  hostOf(name: string): string {
    return this.#hosts.get(name) ?? name;
  }
}

const keepAliveDelayMs = 60_000;

function socketFactory(seeds: SeedNames): ISocketFactory {
  return ({ host: name, port, ssl, onConnect }) => {
    const host = seeds.hostOf(name);
    // kafkajs gives null for plaintext, which its types do not say.
    const tls: typeof ssl | null = ssl;
    const socket =
      tls === null
        ? connectTcp({ host, port }, onConnect)
        : connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls }, onConnect);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveDelayMs);
    return socket;
  };
}

const mechanisms = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram-sha-256',
  'SCRAM-SHA-512': 'scram-sha-512',
} as const;

function saslOptions(sasl: SaslConfig): SASLOptions {
  if (sasl.mechanism !== 'OAUTHBEARER') {
    const { mechanism, username, password } = sasl;
    return { mechanism: mechanisms[mechanism], username, password };
  }
  const { token, extensions } = sasl;
  return {
    mechanism: 'oauthbearer',
    oauthBearerProvider: async () => {
      // kafkajs sends `extensions` on, though its types leave them out.
      const bearer: { value: string; extensions: Readonly<Record<string, string>> } = {
        value: await token(),
        extensions,
      };
      return bearer;
    },
  };
}
