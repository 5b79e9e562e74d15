import type {
  RegistryConnection,
  SchemaRegistrySettings,
} from '#libs/schema-registry/schema-registry-settings.ts';
import type { NameStrategy } from '#libs/schema-registry/subject-name-strategy.ts';
import type { Findings } from '../schema/findings.ts';
import { readSettings } from '../schema/read-settings.ts';
import { registrySettings } from '../schema/registry-settings.ts';
import type { RawSettings } from '../sources/raw-settings.ts';
import { keyMaterial } from '../tls/key-material.ts';
import { registryAuthentication, type RegistryValues } from './registry-authentication.ts';

/**
 * The settings of the schema registry and of what is made of its schemas.
 *
 * @param raw those under `schema.registry.`, prefix stripped
 * @returns undefined without a URL: schema formats are off
 */
export const readRegistry = (
  urls: readonly string[],
  raw: RawSettings,
  findings: Findings,
): SchemaRegistrySettings | undefined => {
  const values = readSettings(registrySettings, raw, findings);
  const parsed = urls.map((url) => URL.parse(url));
  if (parsed.some((url) => url?.protocol !== 'http:' && url?.protocol !== 'https:')) {
    findings.problemOf('schema.registry.url', 'must be URLs with http or https');
    return undefined;
  }
  if (urls.length === 0) return undefined;
  const known = parsed.filter((url) => url !== null);
  const latestTtlSeconds = values['latest.cache.ttl.sec'];
  return {
    connection: connectionOf(known, values, raw, findings),
    caches: {
      maxSchemas: values['max.schemas.per.subject'],
      latestTtlMs: latestTtlSeconds < 0 ? Infinity : latestTtlSeconds * 1000,
      failureTtlMs: 2_000,
    },
    autoRegister: values['auto.register.schemas'],
    normalize: values['normalize.schemas'],
    keySubjectNames: strategies[values['key.subject.name.strategy']],
    valueSubjectNames: strategies[values['value.subject.name.strategy']],
  };
};

const connectionOf = (
  urls: readonly URL[],
  values: RegistryValues,
  raw: RawSettings,
  findings: Findings,
): RegistryConnection => {
  const material = keyMaterial(values, raw, findings);
  const checksHost = values['ssl.endpoint.identification.algorithm'] !== '';
  return {
    urls: urls.map((url) => `${url.origin}${url.pathname}`),
    authentication: registryAuthentication(urls, values, raw, findings),
    tls: { ...material, ...(checksHost ? {} : { checkServerIdentity: () => undefined }) },
    connectTimeoutMs: values['http.connect.timeout.ms'],
    requestTimeoutMs: values['http.read.timeout.ms'],
    headers: headersOf(values, raw),
  };
};

const headersOf = (values: RegistryValues, raw: RawSettings): Readonly<Record<string, string>> => {
  const headers = raw
    .under('request.header.')
    .entries()
    .map(([name, { value }]) => [name, value] as const);
  const cluster = values['bearer.auth.logical.cluster'];
  const pool = values['bearer.auth.identity.pool.id'];
  return {
    ...Object.fromEntries(headers),
    ...(cluster !== '' && { 'target-sr-cluster': cluster }),
    ...(pool !== '' && { 'Confluent-Identity-Pool-Id': pool }),
  };
};

const strategies = {
  '': 'TOPIC_NAME',
  TopicNameStrategy: 'TOPIC_NAME',
  RecordNameStrategy: 'RECORD_NAME',
  TopicRecordNameStrategy: 'TOPIC_RECORD_NAME',
} as const satisfies Record<string, NameStrategy>;
