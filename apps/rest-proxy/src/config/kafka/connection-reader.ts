import type { KafkaConnectionConfig, SaslConfig } from '#libs/kafka/connection-config.ts';
import type { ConnectionValues } from '../schema/connection-settings.ts';
import type { Findings } from '../schema/findings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import type { SecurityProtocol } from './bootstrap-servers.ts';
import { readSasl } from './sasl.ts';
import { clientTls } from './tls.ts';

/** Reads how the clients reach the cluster. Clients with the same identity share certificates and tokens. */
export class ConnectionReader {
  readonly #findings: Findings;
  readonly #tls = new Map<string, KafkaConnectionConfig['tls']>();
  readonly #sasl = new Map<string, SaslConfig | undefined>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  read(values: ConnectionValues, raw: RawSettings): KafkaConnectionConfig {
    const { brokers } = values['bootstrap.servers'];
    if (brokers.length === 0 && !raw.get('bootstrap.servers')?.value) {
      this.#findings.problemOf(
        'bootstrap.servers',
        'required; set KAFKA_REST_BOOTSTRAP_SERVERS or put it into the properties file',
      );
    }
    const protocol = this.#protocol(values, raw);
    const secured = protocol === 'SSL' || protocol === 'SASL_SSL';
    const authenticated = protocol === 'SASL_PLAINTEXT' || protocol === 'SASL_SSL';
    if (!secured) this.#unused(raw, protocol, ['ssl.truststore.location', 'ssl.keystore.location']);
    if (!authenticated) this.#unused(raw, protocol, ['sasl.mechanism', 'sasl.jaas.config']);
    return {
      brokers,
      clientId: values['client.id'],
      tls: secured
        ? once(this.#tls, keyOf(values, 'ssl.'), () => clientTls(values, raw, this.#findings))
        : undefined,
      sasl: authenticated
        ? once(this.#sasl, keyOf(values, 'sasl.'), () => readSasl(values, raw, this.#findings))
        : undefined,
      connectTimeoutMs: values['socket.connection.setup.timeout.ms'],
      requestTimeoutMs: values['request.timeout.ms'],
      retryBackoffMs: values['retry.backoff.ms'],
      retryBackoffMaxMs: Math.max(values['retry.backoff.ms'], values['retry.backoff.max.ms']),
      metadataMaxAgeMs: values['metadata.max.age.ms'],
      connectionsMaxIdleMs: values['connections.max.idle.ms'],
    };
  }

  /** What the setting says, else what stands before the servers. */
  #protocol(values: ConnectionValues, raw: RawSettings): SecurityProtocol {
    const { protocols } = values['bootstrap.servers'];
    const servers = raw.get('bootstrap.servers');
    const said = raw.get('security.protocol');
    if (said !== undefined) {
      const chosen = values['security.protocol'];
      const others = protocols.filter((protocol) => protocol !== chosen);
      if (servers !== undefined && others.length > 0) {
        this.#findings.warning(
          said,
          `is ${chosen} and counts, though bootstrap.servers say ${others.join(', ')}`,
        );
      }
      return chosen;
    }
    if (servers !== undefined && protocols.length > 1) {
      this.#findings.problem(
        servers,
        `has different protocols (${protocols.join(', ')}) and no security.protocol is set`,
      );
    }
    return protocols[0] ?? 'PLAINTEXT';
  }

  #unused(raw: RawSettings, protocol: SecurityProtocol, keys: readonly string[]): void {
    for (const key of keys) {
      const given = raw.get(key);
      if (given !== undefined && given.value !== '') {
        this.#findings.warning(given, `has no effect: security.protocol is ${protocol}`);
      }
    }
  }
}

const keyOf = (values: ConnectionValues, prefix: string): string =>
  JSON.stringify(Object.entries(values).filter(([key]) => key.startsWith(prefix)));

const once = <T>(cache: Map<string, T>, key: string, make: () => T): T => {
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const made = make();
  cache.set(key, made);
  return made;
};
