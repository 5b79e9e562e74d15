import type { RegistryAuthentication } from '#libs/schema-registry/schema-registry-settings.ts';
import { CachedToken } from '../kafka/oauth/cached-token.ts';
import { clientCredentialsIssuer } from '../kafka/oauth/client-credentials.ts';
import type { Findings } from '../schema/findings.ts';
import type { registrySettings } from '../schema/registry-settings.ts';
import type { ValuesOf } from '../schema/setting.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { keyMaterial } from '../tls/key-material.ts';

export type RegistryValues = ValuesOf<typeof registrySettings>;

/** Who the proxy is to the registry, beside a client certificate: a token goes before user and password, as in Java. */
export const registryAuthentication = (
  urls: readonly URL[],
  values: RegistryValues,
  raw: RawSettings,
  findings: Findings,
): RegistryAuthentication => {
  const none: RegistryAuthentication = { kind: 'none' };
  const refuse = (key: keyof RegistryValues, why: string): RegistryAuthentication => {
    const given = raw.get(key);
    if (given === undefined) findings.problemOf(`schema.registry.${key}`, why);
    else findings.problem(given, why);
    return none;
  };
  switch (values['bearer.auth.credentials.source']) {
    case 'STATIC_TOKEN': {
      const token = values['bearer.auth.token'];
      if (token === '') return refuse('bearer.auth.token', 'needed with STATIC_TOKEN');
      return { kind: 'bearer', token: () => token };
    }
    case 'OAUTHBEARER':
      return (
        issuedTokens(values, raw, findings) ??
        refuse('bearer.auth.issuer.endpoint.url', 'must be a URL with http or https')
      );
    case 'SASL_OAUTHBEARER_INHERIT':
    case 'CUSTOM':
      return refuse(
        'bearer.auth.credentials.source',
        'refused: only STATIC_TOKEN and OAUTHBEARER are supported',
      );
    case '':
  }
  switch (values['basic.auth.credentials.source']) {
    case 'URL': {
      const info = raw.get('basic.auth.user.info');
      if (info !== undefined) {
        findings.warning(
          info,
          'has no effect: needs schema.registry.basic.auth.credentials.source=USER_INFO',
        );
      }
      const named = urls.find(({ username }) => username !== '');
      return named === undefined
        ? none
        : basic(decodeURIComponent(named.username), decodeURIComponent(named.password));
    }
    case 'USER_INFO': {
      const info = values['basic.auth.user.info'];
      const colon = info.indexOf(':');
      if (colon <= 0) return refuse('basic.auth.user.info', 'must be user:password');
      return basic(info.slice(0, colon), info.slice(colon + 1));
    }
    case 'SASL_INHERIT':
      return refuse('basic.auth.credentials.source', 'refused: use USER_INFO');
  }
};

const basic = (user: string, password: string): RegistryAuthentication => ({ kind: 'basic', user, password });

const issuedTokens = (
  values: RegistryValues,
  raw: RawSettings,
  findings: Findings,
): RegistryAuthentication | undefined => {
  const url = URL.parse(values['bearer.auth.issuer.endpoint.url']);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined;
  const cached = new CachedToken(
    clientCredentialsIssuer({
      url,
      clientId: values['bearer.auth.client.id'],
      clientSecret: values['bearer.auth.client.secret'],
      scope: values['bearer.auth.scope'],
      urlEncodeHeader: false,
      tls: keyMaterial(values, raw, findings) ?? {},
      connectTimeoutMs: values['http.connect.timeout.ms'],
      readTimeoutMs: values['http.read.timeout.ms'],
    }),
  );
  return { kind: 'bearer', token: () => cached.get() };
};
