import { ConfigError } from './config-error.ts';
import { Config, type ConfigValues } from './config.ts';
import { settingsOfEnvironment } from './sources/environment.ts';
import { Findings } from './schema/findings.ts';
import { readKafka } from './kafka/read-kafka.ts';
import { parseAdvertised, parseListeners } from './http/listeners.ts';
import { ownSettings, proxySettings } from './schema/proxy-settings.ts';
import { RawSettings } from './sources/raw-settings.ts';
import { readSettings } from './schema/read-settings.ts';
import { serverSettings } from './schema/server-settings.ts';
import type { ValuesOf } from './schema/setting.ts';

export const settings = { ...proxySettings, ...serverSettings, ...ownSettings };

type Values = ValuesOf<typeof settings>;

/**
 * Reads the whole configuration from the environment and from the properties file that the first argument names.
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
  const raw = RawSettings.of([...settingsOfEnvironment(environment)]);
  void args;
  const values = readSettings(settings, raw, findings);
  const config: ConfigValues = {
    id: values.id,
    http: httpConfig(values, findings),
    api: {
      resourceNameAuthority: values['confluent.resource.name.authority'],
      v2Enable: values['api.v2.enable'],
      v3Enable: values['api.v3.enable'],
      endpointsAllowlist: values['api.endpoints.allowlist'],
      endpointsBlocklist: values['api.endpoints.blocklist'],
      recordHeadersEnable: values['records.headers.enable'],
      recordTimestampsEnable: values['records.timestamps.enable'],
      maxRecordsPerRequest: values['max.records.per.request'],
    },
    consumers: {
      requestTimeoutMs: values['consumer.request.timeout.ms'],
      requestMaxBytes: values['consumer.request.max.bytes'],
      instanceTimeoutMs: values['consumer.instance.timeout.ms'],
      fetchMinBytes: values['fetch.min.bytes'],
      maxInstances: values['consumer.max.instances'],
      maxInstancesPerGroup: values['consumer.max.instances.per.group'],
    },
    kafka: readKafka(values['bootstrap.servers'], raw, findings),
    schemaRegistry: { urls: values['schema.registry.url'], properties: new Map() },
    logging: {
      level: values['log.level'],
      requestLog: values['log.requests'],
      debug: values.debug,
    },
  };
  if (findings.problems.length > 0) throw new ConfigError(findings.problems);
  return new Config(config, findings.warnings, {});
};

const httpConfig = (values: Values, findings: Findings): ConfigValues['http'] => ({
  listeners: parseListeners(values.listeners, values.port, findings),
  advertisedListeners: parseAdvertised(values['advertised.listeners'], findings),
  hostName: values['host.name'],
  trustedProxies: values['trusted.proxies'],
  maxRequestBodyBytes: values['max.request.body.bytes'],
  maxRequestHeaderBytes: values['max.request.header.size'],
  idleTimeoutMs: values['idle.timeout.ms'],
  requestTimeoutMs: values['request.timeout.ms'],
  connectionLimit: values['server.connection.limit'],
  maxInflightRequests: values['max.inflight.requests'],
  maxInflightBytes: values['max.inflight.bytes'],
  keepAliveTimeoutMs: values['keep.alive.timeout.ms'],
  compressionEnable: values['compression.enable'],
  shutdownGracefulMs: values['shutdown.graceful.ms'],
  mediaTypePreferred: values['response.mediatype.preferred'],
  mediaTypeDefault: values['response.mediatype.default'],
  responseHeaders: [],
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
