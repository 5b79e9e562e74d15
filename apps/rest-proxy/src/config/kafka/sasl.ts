import type { SaslConfig } from '#libs/kafka/connection-config.ts';
import type { ConnectionValues } from '../schema/connection-settings.ts';
import type { Findings } from '../schema/findings.ts';
import { InvalidValue } from '../schema/setting.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { type JaasModule, parseJaas } from './jaas.ts';
import { oauthBearer } from './oauth/oauth-bearer.ts';

/** How a client proves who it is. What is wrong becomes a finding. */
export const readSasl = (
  values: ConnectionValues,
  raw: RawSettings,
  findings: Findings,
): SaslConfig | undefined => {
  const mechanism = values['sasl.mechanism'];
  if (mechanism === 'GSSAPI') {
    const given = raw.get('sasl.mechanism')?.value.toUpperCase() ?? mechanism;
    // Anything else was refused already, and this is the default in its place.
    if (given !== mechanism) return undefined;
    complain('sasl.mechanism', raw, findings, `GSSAPI (Kerberos) is not supported; use ${supported}`);
    return undefined;
  }
  try {
    const text = values['sasl.jaas.config'];
    const jaas = text === '' ? undefined : parseJaas(text);
    if (mechanism === 'OAUTHBEARER')
      return oauthBearer(values, raw, ofModule(jaas, 'OAuthBearerLoginModule'), findings);
    const module = mechanism === 'PLAIN' ? 'PlainLoginModule' : 'ScramLoginModule';
    const options = ofModule(jaas, module);
    const username = options.get('username');
    const password = options.get('password');
    if (username === undefined || password === undefined) {
      throw new InvalidValue(
        `must be "${module} required username=… password=…;" for sasl.mechanism=${mechanism}`,
      );
    }
    if (options.get('tokenauth') === 'true') throw new InvalidValue('delegation tokens are not supported');
    return { mechanism, username, password };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    complain('sasl.jaas.config', raw, findings, error.message);
    return undefined;
  }
};

const supported = 'PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER';

const ofModule = (jaas: JaasModule | undefined, name: string): JaasModule['options'] => {
  if (jaas === undefined) return new Map();
  if (jaas.name !== name) throw new InvalidValue(`must name the ${name} that the sasl.mechanism needs`);
  return jaas.options;
};

const complain = (key: string, raw: RawSettings, findings: Findings, what: string): void => {
  const given = raw.get(key);
  if (given === undefined) findings.problemOf(key, `${what} (not set)`);
  else findings.problem(given, what);
};
