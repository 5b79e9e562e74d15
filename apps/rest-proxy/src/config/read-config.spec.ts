import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, problemsOf, variableOf } from '../../../../test/support/config-of.ts';
import { readConfig } from './read-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(dir, { recursive: true }));

const fileWith = (content: string): string => {
  const path = join(dir, 'kafka-rest.properties');
  writeFileSync(path, content);
  return path;
};

describe('readConfig', () => {
  it('needs bootstrap servers and nothing else', () => {
    expect(problemsOf(() => readConfig({}, []))).toEqual([
      'bootstrap.servers: required; set KAFKA_REST_BOOTSTRAP_SERVERS or put it into the properties file',
    ]);
    expect(configOf({}).kafka.admin.brokers).toEqual([{ host: 'broker', port: 9092 }]);
    expect(configOf({}).warnings).toEqual([]);
  });

  it('has the defaults of the original, and better ones where it says so', () => {
    const { http, api, consumers, kafka, schemaRegistry } = configOf({});

    expect(http.listeners).toEqual([
      { name: 'http', protocol: 'http', host: '0.0.0.0', port: 8082, tls: undefined },
    ]);
    expect(http).toMatchObject({
      idleTimeoutMs: 30_000,
      maxRequestHeaderBytes: 8192,
      shutdownGracefulMs: 5000,
    });
    expect(api).toMatchObject({ v2Enable: true, v3Enable: true, recordHeadersEnable: false });
    expect(consumers).toMatchObject({
      requestTimeoutMs: 1000,
      requestMaxBytes: 67_108_864,
      instanceTimeoutMs: 300_000,
      fetchMinBytes: undefined,
    });
    expect(schemaRegistry?.connection.urls).toEqual(['http://localhost:8081/']);
    expect(kafka.producerConfig).toEqual({
      acks: -1,
      compressionType: 'none',
      compressionLevel: undefined,
      lingerMs: 0,
      batchSize: 1_048_576,
      maxRequestSize: 1_048_576,
      requestTimeoutMs: 30_000,
      deliveryTimeoutMs: 120_000,
      maxBlockMs: 60_000,
      bufferMemory: 67_108_864,
      retries: 2_147_483_647,
      enableIdempotence: true,
      maxInFlightRequestsPerConnection: 5,
      partitionerIgnoreKeys: false,
    });
    expect(kafka.consumerConfig).toEqual({
      autoOffsetReset: 'latest',
      enableAutoCommit: true,
      autoCommitIntervalMs: 5000,
      isolationLevel: 'read_uncommitted',
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 3000,
      rebalanceTimeoutMs: 300_000,
      fetchMaxBytes: 1_048_576,
      maxPartitionFetchBytes: 1_048_576,
      fetchMaxWaitMs: 500,
      partitionAssignmentStrategy: ['range', 'cooperative-sticky'],
      maxPollRecords: undefined,
      defaultApiTimeoutMs: 60_000,
      checkCrcs: true,
    });
  });

  it('reads a properties file, and lets the environment win', () => {
    const path = fileWith('bootstrap.servers = a:1\nid=of-file\nhost.name=of-file');

    const config = readConfig({ KAFKA_REST_ID: 'of-environment' }, [path]);

    expect([config.id, config.http.hostName]).toEqual(['of-environment', 'of-file']);
  });

  it('names the file and the line of a bad value', () => {
    const path = fileWith('bootstrap.servers=a:1\n\nport=abc');

    expect(problemsOf(() => readConfig({}, [path]))).toEqual([
      `port: must be an integer, was "abc" (from ${path} line 3)`,
    ]);
  });

  it('collects all problems, one line each', () => {
    const problems = problemsOf(() =>
      readConfig(
        {
          KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS: 'abc',
          KAFKA_REST_API_V2_ENABLE: 'yes',
          KAFKA_REST_PORT: '99999',
        },
        ['/nowhere/x.properties', 'more'],
      ),
    );

    expect(problems).toEqual([
      'arguments: at most one is taken, the path of a properties file',
      'arguments: cannot read the properties file /nowhere/x.properties: ENOENT',
      'port: must be an integer from 0 to 65535, was "99999" (from KAFKA_REST_PORT)',
      'consumer.request.timeout.ms: must be an integer, was "abc" (from KAFKA_REST_CONSUMER_REQUEST_TIMEOUT_MS)',
      'api.v2.enable: must be true or false, was "yes" (from KAFKA_REST_API_V2_ENABLE)',
      'bootstrap.servers: required; set KAFKA_REST_BOOTSTRAP_SERVERS or put it into the properties file',
    ]);
  });

  it('puts in what references point to', () => {
    const path = fileWith(
      'config.providers=secrets\n' +
        'config.providers.secrets.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider\n' +
        'bootstrap.servers=${secrets::SERVERS}\nid=${env:NOT_SET}',
    );

    expect(problemsOf(() => readConfig({ SERVERS: 'a:1' }, [path]))).toEqual([
      `id: nothing found for \${env:NOT_SET} (from ${path} line 4)`,
    ]);
    expect(
      problemsOf(() => configOf({ 'config.providers.vault.class': 'com.example.VaultConfigProvider' })),
    ).toEqual([
      expect.stringContaining("config.providers.vault.class: must be one of Kafka's own providers"),
    ]);
  });

  it.each([
    ['bootstrap.servers', 'broker', 'must be a list of host:port, "broker" is not, was "broker"'],
    ['fetch.min.bytes', '-2', 'must be an integer from -1 to 10000000, was "-2"'],
    ['consumer.request.max.bytes', '1.5', 'must be an integer, was "1.5"'],
    ['consumer.max.instances', '0', 'must be an integer of at least 1, was "0"'],
    ['log.level', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent, was "loud"'],
    ['trusted.proxies', '10.0.0.0/33', 'must be a list of addresses and CIDR ranges, "10.0.0.0/33" is not'],
    ['trusted.proxies', 'gateway', 'must be a list of addresses and CIDR ranges, "gateway" is not'],
    ['response.http.headers.config', 'X', 'must be a list of'],
    ['listeners', 'localhost:8082', 'must be a list of http://host:port or https://host:port'],
    ['listeners', 'http://localhost', 'must be a list of http://host:port or https://host:port'],
    ['listeners', 'ftp://localhost:1', 'must be a list of http://host:port or https://host:port'],
    ['listeners', 'http://a:1,http://a:1', 'has the same address twice'],
    ['listener.protocol.map', 'A:ftp', 'must be a list of NAME:http or NAME:https'],
    ['advertised.listeners', 'rest.example.com', 'must be a list of http://host:port or https://host:port'],
    ['client.security.protocol', 'TLS', 'must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL, was "TLS"'],
    ['client.ssl.endpoint.identification.algorithm', 'none', 'must be https or empty'],
    ['producer.acks', '2', 'must be one of all, -1, 0, 1, was "2"'],
    ['producer.compression.type', 'brotli', 'must be one of none, gzip, snappy, lz4, zstd'],
    ['producer.partitioner.class', 'org.example.RoundRobinPartitioner', 'must be one of DefaultPartitioner'],
    ['producer.delivery.timeout.ms', '1000', 'must be at least linger.ms + request.timeout.ms, 30000'],
    ['consumer.auto.offset.reset', 'by_duration:P1D', 'must be one of latest, earliest, none'],
    ['consumer.heartbeat.interval.ms', '45000', 'heartbeat.interval.ms must be less than session.timeout.ms'],
    ['consumer.session.timeout.ms', '3000', 'heartbeat.interval.ms must be less than session.timeout.ms'],
    ['consumer.partition.assignment.strategy', 'com.example.Mine', 'must be a list of RangeAssignor'],
    ['consumer.partition.assignment.strategy', '', 'must name an assignor'],
  ])('refuses %s=%s', (key, value, message) => {
    const problems = problemsOf(() => configOf({ [key]: value }));

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${key}: ${message}`);
    expect(problems[0]).toContain(`(from ${variableOf(key)})`);
  });

  it.each([
    ['authentication.method', 'BASIC'],
    ['authentication.method', 'BEARER'],
    ['listener.name.http.authentication.method', 'BASIC'],
    ['csrf.prevention.enable', 'true'],
    ['sni.check.enabled', 'true'],
    ['proxy.protocol.enabled', 'true'],
    [
      'kafka.rest.resource.extension.class',
      'io.confluent.kafkarest.security.KafkaRestSecurityResourceExtension',
    ],
    ['resource.extension.classes', 'com.example.Auth'],
    ['rest.servlet.initializor.classes', 'com.example.Auth'],
    ['confluent.rest.auth.propagate.method', 'SSL'],
    ['ssl.spire.enabled', 'true'],
    ['client.ssl.engine.factory.class', 'com.example.Engine'],
    ['client.sasl.client.callback.handler.class', 'com.example.Handler'],
    ['producer.interceptor.classes', 'com.example.Encrypt'],
    ['consumer.interceptor.classes', 'com.example.Decrypt'],
    ['producer.transactional.id', 'tx'],
    ['consumer.group.instance.id', 'one'],
  ])('does not start with %s=%s, which would be unsafe', (key, value) => {
    expect(problemsOf(() => configOf({ [key]: value }))).toEqual([
      expect.stringMatching(`^${key}: refused: .* \\(from ${variableOf(key)}\\)$`),
    ]);
  });

  it.each([
    ['rate.limit.enable', 'true', 'has no effect: there is no limiter'],
    ['dos.filter.enabled', 'true', 'has no effect:'],
    ['schema.registry.use.latest', 'x', 'not a setting of the schema registry client, ignored'],
    ['schema.registry.basic.auth.user.info', 'user:secret', 'has no effect: needs'],
    [
      'ssl.keystore.location',
      '/x',
      'has no effect: no listener speaks https; did you mean client.ssl.keystore.location?',
    ],
    ['security.protocol', 'SSL', 'unknown, ignored; did you mean client.security.protocol?'],
    ['max.poll.records', '5', 'unknown, ignored; did you mean client.max.poll.records?'],
    ['bootstrap.server', 'a:1', 'unknown, ignored; did you mean bootstrap.servers?'],
    ['something.else.entirely', 'x', 'unknown, ignored (from'],
    ['client.reconnect.backoff.ms', '5', 'has no effect: `retry.backoff.ms` counts'],
    ['client.acks.all', '1', 'not a setting of the Kafka clients, ignored'],
    [
      'producer.linger',
      '1',
      'not a setting of the Kafka producer, ignored; did you mean producer.linger.ms?',
    ],
    [
      'producer.isolation.level',
      'x',
      'not a setting of the Kafka producer, ignored; did you mean consumer.isolation.level?',
    ],
    ['consumer.request.timeout', '1', 'ignored; did you mean consumer.request.timeout.ms?'],
    ['consumer.group.protocol', 'consumer', 'has no effect: groups use the classic protocol'],
    ['client.ssl.truststore.location', '/x', 'has no effect: security.protocol is PLAINTEXT'],
    ['client.sasl.jaas.config', 'x', 'has no effect: security.protocol is PLAINTEXT'],
    ['listener.name.other.ssl.key.password', 'x', 'there is no listener other, ignored'],
    ['listener.name.http.port', '1', 'unknown, ignored'],
    ['confluent.telemetry.enabled', 'true', 'has no effect: no telemetry is sent'],
  ])('warns of %s=%s', (key, value, message) => {
    const { warnings } = configOf({ [key]: value });

    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${key}: `);
    expect(warnings[0]).toContain(message);
  });

  it.each([
    ['consumer.threads', '1'],
    ['producer.threads', '1'],
    ['client.timeout.ms', '1'],
    ['simpleconsumer.pool.size.max', '1'],
    ['kafka.rest.extension.classes', 'x'],
    ['thread.pool.max', '500'],
    ['metrics.jmx.prefix', 'x'],
    ['authentication.method', 'none'],
    ['rate.limit.enable', 'FALSE'],
    ['schema.registry.url', ''],
    ['dos.filter.delay.ms', '1'],
    ['client.sasl.kerberos.service.name', 'kafka'],
  ])('says nothing of %s=%s, of which nothing follows', (key, value) => {
    expect(configOf({ [key]: value }).warnings).toEqual([]);
  });

  it('gives a configuration that cannot be changed', () => {
    const config = configOf({});

    expect(() => Object.assign(config, { id: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(config.kafka.producerConfig, { acks: 0 })).toThrow(TypeError);
    expect(() => Object.assign(config.http.listeners, { 0: 'x' })).toThrow(TypeError);
  });
});
