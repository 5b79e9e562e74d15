import { ConfigError } from './config-error.ts';
import { Config, type ConfigValues } from './config.ts';
import { readAdvertised, readListeners } from './http/listeners.ts';
import { readInternal } from './internal/read-internal.ts';
import { readReplicas } from './internal/read-replicas.ts';
import { readKafka } from './kafka/read-kafka.ts';
import { readRedis } from './redis/read-redis.ts';
import { readRegistry } from './registry/read-registry.ts';
import { isTopLevel, redacted, topLevelSettings } from './schema/catalogue.ts';
import { Findings } from './schema/findings.ts';
import { readSettings } from './schema/read-settings.ts';
import type { ValuesOf } from './schema/setting.ts';
import { checkKeys } from './schema/unknown-keys.ts';
import type { RawSettings } from './sources/raw-settings.ts';
import { readSources } from './sources/read-sources.ts';

type Values = ValuesOf<typeof topLevelSettings>;

/**
 * Reads the whole configuration: the properties file that the first argument names, overridden by the environment.
 *
 * @param environment `process.env`
 * @param args the command line without node and script
 * @throws {ConfigError} with every problem found
 */
export const readConfig = (
  environment: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Config => {
  const findings = new Findings();
  const raw = readSources(environment, args, findings);
  const values = readSettings(topLevelSettings, raw, findings);
  const http = httpOf(values, raw, findings);
  const internal = readInternal(values, http.listeners, raw, findings);
  const ofClients = raw.filter((key) => key === 'bootstrap.servers' || !isTopLevel(key));
  const config: ConfigValues = {
    id: values.id,
    http,
    api: apiOf(values),
    consumers: consumersOf(values),
    kafka: readKafka(ofClients, findings),
    schemaRegistry: readRegistry(
      values['schema.registry.url'],
      ofClients.under('schema.registry.'),
      findings,
    ),
    redis: readRedis(raw.under('redis.'), findings),
    internal,
    replicas: readReplicas(values, internal.listeners, raw, environment['POD_IP'], findings),
    metrics: { topics: values['metrics.topics'] },
    logging: { level: values['log.level'], requestLog: values['log.requests'], debug: values.debug },
  };
  checkKeys(
    raw,
    [...http.listeners, ...config.internal.listeners].map(({ name }) => name),
    findings,
  );
  if (findings.problems.length > 0) throw new ConfigError(findings.problems);
  return new Config(config, findings.warnings, redacted(raw));
};

const httpOf = (values: Values, raw: RawSettings, findings: Findings): ConfigValues['http'] => ({
  listeners: readListeners(values, raw, findings),
  advertisedListeners: readAdvertised(values, raw, findings),
  hostName: values['host.name'],
  trustedProxies: trustedProxiesOf(values),
  maxRequestBodyBytes: values['max.request.body.bytes'],
  maxRequestHeaderBytes: values['max.request.header.size'],
  idleTimeoutMs: values['idle.timeout.ms'],
  requestTimeoutMs: values['request.timeout.ms'],
  connectionLimit: connectionLimitOf(values, raw, findings),
  maxInflightRequests: values['max.inflight.requests'],
  maxOpenStreams: values['max.open.streams'],
  maxInflightBytes: values['max.inflight.bytes'],
  keepAliveTimeoutMs: values['keep.alive.timeout.ms'],
  compressionEnable: values['compression.enable'],
  shutdownGracefulMs: values['shutdown.graceful.ms'],
  mediaTypePreferred: values['response.mediatype.preferred'],
  mediaTypeDefault: values['response.mediatype.default'],
  responseHeaders: values['response.http.headers.config'],
  nosniff: values['nosniff.prevention.enable'],
  hsts: values['hsts.header.enable'],
  rejectOptions: values['reject.options.request'],
  cors: {
    allowOrigin: values['access.control.allow.origin'],
    allowMethods: values['access.control.allow.methods'],
    allowHeaders: values['access.control.allow.headers'],
    exposeHeaders: values['access.control.expose.headers'],
  },
});

/** With one listener both limits say the same thing; the limit of each of several is not kept. */
const connectionLimitOf = (values: Values, raw: RawSettings, findings: Findings): number => {
  const limits = [values['server.connection.limit']];
  const given = raw.get('connector.connection.limit');
  if (values.listeners.length <= 1) limits.push(values['connector.connection.limit']);
  else if (given !== undefined && values['connector.connection.limit'] > 0) {
    findings.warning(given, 'has no effect with several listeners; see server.connection.limit');
  }
  const set = limits.filter((limit) => limit > 0);
  return set.length === 0 ? 0 : Math.min(...set);
};

const everybody = ['0.0.0.0/0', '::/0'];

const trustedProxiesOf = (values: Values): readonly string[] => {
  const named = values['trusted.proxies'];
  return named.length === 0 && values['network.forwarded.request.customizer.enable'] ? everybody : named;
};

const apiOf = (values: Values): ConfigValues['api'] => ({
  v2Enable: values['api.v2.enable'],
  v3Enable: values['api.v3.enable'],
  endpointsAllowlist: values['api.endpoints.allowlist'],
  endpointsBlocklist: values['api.endpoints.blocklist'],
  recordHeadersEnable: values['records.headers.enable'],
  recordTimestampsEnable: values['records.timestamps.enable'],
  recordSchemaIdsEnable: values['records.schema.ids.enable'],
  maxRecordsPerRequest: values['max.records.per.request'],
  nullWithSchemaIsTombstone: values['null.request.body.always.publishes.empty.record'],
  avroLogicalTypesReadable: values['avro.logical.types.readable'],
  resourceNameAuthority: values['confluent.resource.name.authority'],
  v3Produce: v3ProduceOf(values),
});

const v3ProduceOf = (values: Values): ConfigValues['api']['v3Produce'] => {
  const perRecord = values['api.v3.produce.request.size.limit.max.bytes'];
  // One cluster only: what is said of each holds for all.
  const rates = [
    {
      records: values['api.v3.produce.rate.limit.max.requests.global.per.sec'],
      bytes: values['api.v3.produce.rate.limit.max.bytes.global.per.sec'],
    },
    {
      records: values['api.v3.produce.rate.limit.max.requests.per.sec'],
      bytes: values['api.v3.produce.rate.limit.max.bytes.per.sec'],
    },
  ];
  return {
    maxBatchEntries: values['api.v3.produce.batch.maximum.entries'],
    maxRecordBytes: perRecord > 0 ? perRecord : values['max.request.body.bytes'],
    streamMaxDurationMs: values['streaming.connection.max.duration.ms'],
    streamGracePeriodMs: values['streaming.connection.max.duration.grace.period.ms'],
    rates: values['api.v3.produce.rate.limit.enabled'] ? rates : [],
  };
};

const consumersOf = (values: Values): ConfigValues['consumers'] => ({
  requestTimeoutMs: values['consumer.request.timeout.ms'],
  requestMaxBytes: values['consumer.request.max.bytes'],
  instanceTimeoutMs: values['consumer.instance.timeout.ms'],
  fetchMinBytes: values['fetch.min.bytes'],
  maxInstances: values['consumer.max.instances'],
  maxInstancesPerGroup: values['consumer.max.instances.per.group'],
});
