import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SaslConfig } from '#libs/kafka/connection-config.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import type { ConnectionValues } from '../../schema/connection-settings.ts';
import type { Findings } from '../../schema/findings.ts';
import { readSettings } from '../../schema/read-settings.ts';
import { InvalidValue } from '../../schema/setting.ts';
import { tlsSettings } from '../../schema/tls-settings.ts';
import { reasonOf } from '../../sources/config-providers.ts';
import { RawSettings } from '../../sources/raw-settings.ts';
import { keyMaterial } from '../../tls/key-material.ts';
import { CachedToken } from './cached-token.ts';
import { clientCredentialsIssuer } from './client-credentials.ts';
import { unsecuredToken } from './unsecured-token.ts';

type Options = ReadonlyMap<string, string>;

/**
 * SASL/OAUTHBEARER: with a token endpoint, with a file, or with unsecured tokens as Kafka makes them without either.
 *
 * @param options of the login module; empty where there is none
 * @throws {InvalidValue} about `sasl.jaas.config`
 */
export const oauthBearer = (
  values: ConnectionValues,
  raw: RawSettings,
  options: Options,
  findings: Findings,
): SaslConfig | undefined => {
  const given = raw.get('sasl.oauthbearer.token.endpoint.url');
  if (given === undefined || given.value === '') {
    const extensions = extensionsOf(options, 'unsecuredLoginExtension_');
    return { mechanism: 'OAUTHBEARER', token: unsecuredToken(options), extensions };
  }
  const url = URL.parse(given.value);
  const extensions = extensionsOf(options, 'extension_');
  if (url?.protocol === 'file:') return { mechanism: 'OAUTHBEARER', token: tokenOfFile(url), extensions };
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    findings.problem(given, 'must be a URL with https, http or file');
    return undefined;
  }
  const token = tokenOfEndpoint(url, values, raw, options, findings);
  return token && { mechanism: 'OAUTHBEARER', token, extensions };
};

const tokenOfEndpoint = (
  url: URL,
  values: ConnectionValues,
  raw: RawSettings,
  options: Options,
  findings: Findings,
): (() => Promise<string>) | undefined => {
  const clientId = values['sasl.oauthbearer.client.credentials.client.id'] || options.get('clientId');
  const clientSecret =
    values['sasl.oauthbearer.client.credentials.client.secret'] || options.get('clientSecret');
  if (clientId === undefined || clientSecret === undefined) {
    throw new InvalidValue('needs clientId and clientSecret for sasl.oauthbearer.token.endpoint.url');
  }
  // As in Java, the endpoint has TLS settings of its own, beside the client id.
  const ofJaas = RawSettings.of(
    [...options]
      .filter(([key]) => key.startsWith('ssl.'))
      .map(([key, value]) => ({ key, value, origin: raw.get('sasl.jaas.config')?.origin ?? '' })),
  );
  const tls = keyMaterial(readSettings(tlsSettings, ofJaas, findings), ofJaas, findings);
  if (tls === undefined) return undefined;
  const issue = clientCredentialsIssuer({
    url,
    clientId,
    clientSecret,
    scope: values['sasl.oauthbearer.scope'] || (options.get('scope') ?? ''),
    urlEncodeHeader: values['sasl.oauthbearer.header.urlencode'] === 'true',
    tls,
    connectTimeoutMs: values['sasl.login.connect.timeout.ms'],
    readTimeoutMs: values['sasl.login.read.timeout.ms'],
  });
  const cached = new CachedToken(issue);
  return () => cached.get();
};

const tokenOfFile = (url: URL) => async (): Promise<string> => {
  try {
    return (await readFile(fileURLToPath(url), 'utf8')).trim();
  } catch (cause) {
    const text = `Authentication failed: no token in ${url.pathname}: ${reasonOf(cause)}`;
    throw KafkaError.of('SASL_AUTHENTICATION_FAILED', text, cause);
  }
};

/** SASL extensions, checked as RFC 7628 limits them. */
const extensionsOf = (options: Options, prefix: string): Readonly<Record<string, string>> => {
  const extensions = [...options]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  for (const [name, value] of extensions) {
    if (!/^[a-zA-Z]+$/.test(name) || name === 'auth' || !/^[\x20-\x7e\t\r\n]*$/.test(value)) {
      throw new InvalidValue(`has an extension that SASL does not allow: ${name}`);
    }
  }
  return Object.fromEntries(extensions);
};
