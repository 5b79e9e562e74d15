import type { CertificateFiles } from './certificates.ts';

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';

/** A listener beside the plain-text one that the brokers and the start-up check use. */
export interface ListenerSpec {
  /** Upper-case letters, digits and `_`; not PLAINTEXT or CONTROLLER. */
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  /** The ports that clients are sent to, one a broker: of something that stands before the brokers. */
  readonly advertisedPorts?: readonly number[];
  /** `required` is mTLS: the principal is then the certificate's common name, as `User:CN=name`. */
  readonly clientAuth?: 'none' | 'requested' | 'required';
  readonly mechanisms?: readonly SaslMechanism[];
}

/** A user of the PLAIN and SCRAM listeners. OAUTHBEARER takes any unsecured token; its `sub` is the user. */
export interface KafkaUser {
  readonly name: string;
  readonly password: string;
}

/** Whether a listener needs certificates. */
export function usesTls({ protocol }: ListenerSpec): boolean {
  return protocol === 'SSL' || protocol === 'SASL_SSL';
}

/** The settings of one listener, by their full names in server.properties. */
export function listenerProperties(
  listener: ListenerSpec,
  users: readonly KafkaUser[],
  tls: { readonly server: CertificateFiles; readonly authority: string } | undefined,
): Record<string, string> {
  const prefix = `listener.name.${listener.name.toLowerCase()}`;
  const properties: Record<string, string> = {};
  if (usesTls(listener)) {
    if (tls === undefined) throw new Error(`listener ${listener.name} needs certificates`);
    properties[`${prefix}.ssl.keystore.type`] = 'PEM';
    properties[`${prefix}.ssl.keystore.location`] = tls.server.keyStorePem;
    properties[`${prefix}.ssl.truststore.type`] = 'PEM';
    properties[`${prefix}.ssl.truststore.location`] = tls.authority;
    properties[`${prefix}.ssl.client.auth`] = listener.clientAuth ?? 'none';
  }
  if (listener.protocol.startsWith('SASL')) {
    const mechanisms = listener.mechanisms ?? ['PLAIN'];
    properties[`${prefix}.sasl.enabled.mechanisms`] = mechanisms.join(',');
    for (const mechanism of mechanisms) {
      properties[`${prefix}.${mechanism.toLowerCase()}.sasl.jaas.config`] = jaas[mechanism](users);
    }
  }
  return properties;
}

const modules = 'org.apache.kafka.common.security';

const jaas: Readonly<Record<SaslMechanism, (users: readonly KafkaUser[]) => string>> = {
  PLAIN: (users) => {
    const entries = users.map((user) => ` user_${user.name}="${user.password}"`).join('');
    return `${modules}.plain.PlainLoginModule required${entries};`;
  },
  'SCRAM-SHA-256': () => `${modules}.scram.ScramLoginModule required;`,
  'SCRAM-SHA-512': () => `${modules}.scram.ScramLoginModule required;`,
  OAUTHBEARER: () =>
    `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
};
