import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { readConfig } from './read-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(dir, { recursive: true }));

const fixture = (name: string): string => join(import.meta.dirname, 'tls/fixtures', name);

const fileWith = (content: string): string => {
  const path = join(dir, 'kafka-rest.properties');
  writeFileSync(path, content);
  return path;
};

/** Settings by key, as they would stand in a file. */
type Given = Readonly<Record<string, string>>;

/** The configuration of some settings and a broker, read from the environment. */
const configOf = (given: Given): Config => {
  const settings = Object.entries({ 'bootstrap.servers': 'broker:9092', ...given });
  return readConfig(Object.fromEntries(settings.map(([key, value]) => [variableOf(key), value])), []);
};

const variableOf = (key: string): string => `KAFKA_REST_${key.toUpperCase().replaceAll('.', '_')}`;

const problemsOf = (read: () => Config): readonly string[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
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
    expect(schemaRegistry.urls).toEqual(['http://localhost:8081']);
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
    ['schema.registry.url', 'http://registry:8081', 'has no effect:'],
    ['schema.registry.basic.auth.user.info', 'user:secret', 'has no effect:'],
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
    ['dos.filter.delay.ms', '1'],
    ['client.sasl.kerberos.service.name', 'kafka'],
  ])('says nothing of %s=%s, of which nothing follows', (key, value) => {
    expect(configOf({ [key]: value }).warnings).toEqual([]);
  });

  describe('the Kafka clients', () => {
    it('get client.* all, and what is theirs alone before it', () => {
      const { kafka } = configOf({
        'client.request.timeout.ms': '1000',
        'producer.request.timeout.ms': '2000',
        'consumer.client.id': 'reader',
        'client.acks': '1',
        'client.isolation.level': 'read_committed',
        'admin.bootstrap.servers': 'other:1',
      });

      expect(kafka.admin).toMatchObject({ requestTimeoutMs: 1000, brokers: [{ host: 'other', port: 1 }] });
      expect(kafka.producer).toMatchObject({ requestTimeoutMs: 2000, clientId: 'kafka-rest' });
      expect(kafka.consumer).toMatchObject({ requestTimeoutMs: 1000, clientId: 'reader' });
      expect(kafka.producerConfig).toMatchObject({ acks: 1, requestTimeoutMs: 2000 });
      expect(kafka.consumerConfig.isolationLevel).toBe('read_committed');
    });

    it("keep their own request timeout, though consumer.request.timeout.ms is the proxy's", () => {
      const { consumers, kafka } = configOf({ 'consumer.request.timeout.ms': '7', 'client.timeout.ms': '9' });

      expect(consumers.requestTimeoutMs).toBe(7);
      expect(kafka.consumer.requestTimeoutMs).toBe(30_000);
    });

    it.each([
      [{ 'producer.acks': '1' }, false],
      [{ 'producer.acks': '-1' }, true],
      [{ 'producer.retries': '0' }, false],
      [{ 'producer.max.in.flight.requests.per.connection': '6' }, false],
      [{ 'producer.enable.idempotence': 'false' }, false],
    ])('are idempotent unless something rules it out: %j', (given, expected) => {
      expect(configOf(given).kafka.producerConfig.enableIdempotence).toBe(expected);
    });

    it('are not idempotent against the other settings', () => {
      expect(
        problemsOf(() =>
          configOf({ 'producer.enable.idempotence': 'true', 'producer.acks': '0', 'client.retries': '0' }),
        ),
      ).toEqual([
        'producer.enable.idempotence: needs acks=all and retries above 0 (from KAFKA_REST_PRODUCER_ENABLE_IDEMPOTENCE)',
      ]);
    });

    it.each([
      [{ 'producer.compression.type': 'gzip', 'producer.compression.gzip.level': '9' }, 9],
      [{ 'producer.compression.type': 'zstd', 'producer.compression.gzip.level': '9' }, undefined],
      [{ 'producer.compression.type': 'zstd', 'producer.compression.zstd.level': '-5' }, -5],
      [{ 'producer.compression.type': 'lz4' }, undefined],
    ])('take the level of their own compression: %j', (given, level) => {
      expect(configOf(given).kafka.producerConfig.compressionLevel).toBe(level);
    });

    it("know Java's assignors and partitioners", () => {
      const { kafka } = configOf({
        'consumer.partition.assignment.strategy':
          'org.apache.kafka.clients.consumer.CooperativeStickyAssignor, RoundRobinAssignor,sticky',
        'producer.partitioner.class': 'org.apache.kafka.clients.producer.UniformStickyPartitioner',
      });

      expect(kafka.consumerConfig.partitionAssignmentStrategy).toEqual([
        'cooperative-sticky',
        'roundrobin',
        'sticky',
      ]);
      expect(kafka.producerConfig.partitionerIgnoreKeys).toBe(true);
    });

    it('wait for a delivery at least as long as for a request', () => {
      const { producerConfig } = configOf({ 'producer.request.timeout.ms': '200000' }).kafka;

      expect(producerConfig.deliveryTimeoutMs).toBe(200_000);
    });
  });

  describe('security towards Kafka', () => {
    const plain =
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="secret-p";';
    const scram =
      'org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="secret-p";';
    const oauth = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required';

    it('takes the protocol from before the servers, unless it is set', () => {
      expect(configOf({ 'bootstrap.servers': 'SSL://a:1' }).kafka.admin.tls).toBeDefined();
      expect(configOf({ 'bootstrap.servers': 'PLAINTEXT://a:1' }).kafka.admin.tls).toBeUndefined();
      const both = configOf({ 'bootstrap.servers': 'PLAINTEXT://a:1', 'client.security.protocol': 'ssl' });
      expect(both.kafka.admin.tls).toBeDefined();
      expect(both.warnings).toEqual([
        'client.security.protocol: is SSL and counts, though bootstrap.servers say PLAINTEXT (from KAFKA_REST_CLIENT_SECURITY_PROTOCOL)',
      ]);
      expect(problemsOf(() => configOf({ 'bootstrap.servers': 'SSL://a:1,PLAINTEXT://b:1' }))).toEqual([
        expect.stringContaining('has different protocols (SSL, PLAINTEXT) and no security.protocol is set'),
      ]);
    });

    it.each([
      ['PLAIN', plain],
      ['SCRAM-SHA-256', scram],
      ['SCRAM-SHA-512', scram],
    ])('logs in with %s', (mechanism, jaas) => {
      const { kafka } = configOf({
        'client.security.protocol': 'SASL_PLAINTEXT',
        'client.sasl.mechanism': mechanism,
        'client.sasl.jaas.config': jaas,
      });

      expect(kafka.producer.sasl).toEqual({ mechanism, username: 'u', password: 'secret-p' });
      expect(kafka.producer.tls).toBeUndefined();
    });

    it('gives each client an identity of its own where it has one', () => {
      const { kafka } = configOf({
        'client.security.protocol': 'SASL_SSL',
        'client.sasl.mechanism': 'PLAIN',
        'client.sasl.jaas.config': plain,
        'producer.sasl.jaas.config': plain.replace('"u"', '"writer"'),
        'client.ssl.truststore.location': fixture('trust.jks'),
        'client.ssl.truststore.password': 'store-password',
        'consumer.ssl.endpoint.identification.algorithm': '',
      });

      expect(kafka.admin.sasl).toMatchObject({ username: 'u' });
      expect(kafka.producer.sasl).toMatchObject({ username: 'writer' });
      expect(kafka.producer.tls).toBe(kafka.admin.tls);
      expect(kafka.producer.tls?.checkServerIdentity).toBeUndefined();
      expect(kafka.consumer.tls?.checkServerIdentity).toBeDefined();
    });

    it('makes unsecured tokens for tests, and shares one token between the clients', async () => {
      const { kafka } = configOf({
        'client.security.protocol': 'SASL_PLAINTEXT',
        'client.sasl.mechanism': 'OAUTHBEARER',
        'client.sasl.jaas.config': `${oauth} unsecuredLoginStringClaim_sub="alice" unsecuredLoginExtension_tenant="t1";`,
      });

      expect(kafka.admin.sasl).toBe(kafka.consumer.sasl);
      const { sasl } = kafka.admin;
      if (sasl?.mechanism !== 'OAUTHBEARER') throw new Error('another mechanism');
      expect(sasl.extensions).toEqual({ tenant: 't1' });
      expect(await sasl.token()).toMatch(/^[\w-]+\.[\w-]+\.$/);
    });

    it('reads a token from a file each time', async () => {
      const path = join(dir, 'token');
      const { kafka } = configOf({
        'client.security.protocol': 'SASL_PLAINTEXT',
        'client.sasl.mechanism': 'OAUTHBEARER',
        'client.sasl.oauthbearer.token.endpoint.url': `file://${path}`,
      });
      const { sasl } = kafka.admin;
      if (sasl?.mechanism !== 'OAUTHBEARER') throw new Error('another mechanism');

      writeFileSync(path, 'one\n');
      expect(await sasl.token()).toBe('one');
      writeFileSync(path, 'two\n');
      expect(await sasl.token()).toBe('two');
      rmSync(path);
      await expect(sasl.token()).rejects.toThrow(`no token in ${path}: ENOENT`);
    });

    it.each([
      ['no mechanism', {}, 'sasl.mechanism: GSSAPI (Kerberos) is not supported; use PLAIN'],
      [
        'Kerberos',
        { 'sasl.mechanism': 'GSSAPI' },
        'client.sasl.mechanism: GSSAPI (Kerberos) is not supported',
      ],
      [
        'another mechanism',
        { 'sasl.mechanism': 'AWS_MSK_IAM' },
        'client.sasl.mechanism: must be one of PLAIN',
      ],
      [
        'no login module',
        { 'sasl.mechanism': 'PLAIN' },
        'sasl.jaas.config: must be "PlainLoginModule required',
      ],
      [
        'a module of another mechanism',
        { 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': plain },
        'client.sasl.jaas.config: must name the ScramLoginModule',
      ],
      [
        'no password',
        { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'PlainLoginModule required username="secret-u";' },
        'client.sasl.jaas.config: must be "PlainLoginModule required username=… password=…;"',
      ],
      [
        'a delegation token',
        { 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram.replace(';', ' tokenauth="true";') },
        'client.sasl.jaas.config: delegation tokens are not supported',
      ],
      [
        'no client id',
        { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.endpoint.url': 'https://idp/token' },
        'sasl.jaas.config: needs clientId and clientSecret',
      ],
      [
        'neither endpoint nor claims',
        {
          'sasl.mechanism': 'OAUTHBEARER',
          'sasl.jaas.config': `${oauth} clientId="a" clientSecret="secret-s";`,
        },
        'client.sasl.jaas.config: needs unsecuredLoginStringClaim_sub',
      ],
      [
        'a URL of another kind',
        { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.endpoint.url': 'ldap://idp' },
        'client.sasl.oauthbearer.token.endpoint.url: must be a URL with https, http or file',
      ],
      [
        'an extension that SASL does not allow',
        {
          'sasl.mechanism': 'OAUTHBEARER',
          'sasl.jaas.config': `${oauth} unsecuredLoginStringClaim_sub="a" unsecuredLoginExtension_auth="secret-x";`,
        },
        'client.sasl.jaas.config: has an extension that SASL does not allow: auth',
      ],
      [
        'a bad store in the options of the token endpoint',
        {
          'sasl.mechanism': 'OAUTHBEARER',
          'sasl.oauthbearer.token.endpoint.url': 'https://idp/token',
          'sasl.jaas.config': `${oauth} clientId="a" clientSecret="secret-s" ssl.truststore.location="/nowhere";`,
        },
        'ssl.truststore.location: cannot read /nowhere: ENOENT',
      ],
    ])('refuses %s with one line, without secrets', (_, given, message) => {
      const settings = Object.entries({ 'security.protocol': 'SASL_PLAINTEXT', ...given });
      const path = fileWith(
        ['bootstrap.servers=a:1', ...settings.map(([key, value]) => `client.${key}=${value}`)].join('\n'),
      );

      const problems = problemsOf(() => readConfig({}, [path]));

      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(message);
      expect(problems[0]).not.toContain('secret-');
    });

    it.each([
      [
        'a store that is not there',
        { 'truststore.location': '/nowhere' },
        'truststore.location: cannot read /nowhere: ENOENT',
      ],
      [
        'a wrong password',
        { 'truststore.location': fixture('trust.p12'), 'truststore.password': 'secret-wrong' },
        'truststore.location: ',
      ],
      [
        'a key without its password',
        { 'keystore.location': fixture('rsa.pem'), 'keystore.type': 'PEM' },
        'keystore.location: cannot be used: ',
      ],
      [
        'a PEM text that is none',
        { 'truststore.certificates': 'secret-text' },
        'truststore.certificates: needs certificates as PEM',
      ],
      [
        'a key without certificates',
        { 'keystore.key': 'secret-text' },
        'keystore.key: needs a private key as PEM',
      ],
      [
        'an unknown version',
        { 'enabled.protocols': 'TLSv1.2,SSLv3' },
        'enabled.protocols: must be a list of',
      ],
      ['a gap', { 'enabled.protocols': 'TLSv1.1,TLSv1.3' }, 'enabled.protocols: must have no gap'],
      ['an unknown cipher suite', { 'cipher.suites': 'X' }, 'cipher.suites: has an unknown cipher suite "X"'],
    ])('refuses %s with one line, without secrets', (_, given, message) => {
      const settings = Object.entries(given).map(([key, value]) => [`client.ssl.${key}`, value]);
      const problems = problemsOf(() =>
        configOf({ 'client.security.protocol': 'SSL', ...Object.fromEntries(settings) }),
      );

      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`client.ssl.${message}`);
      expect(problems[0]).not.toContain('secret-');
    });
  });

  describe('the listeners', () => {
    const store = { 'ssl.keystore.location': fixture('rsa.p12'), 'ssl.keystore.password': 'store-password' };

    it('may be several, named, on IPv6', () => {
      const { http } = configOf({
        listeners: 'http://:8082,INTERNAL://[::1]:0',
        'listener.protocol.map': 'internal:http',
        port: '9999',
      });

      expect(http.listeners).toEqual([
        { name: 'http', protocol: 'http', host: '0.0.0.0', port: 8082, tls: undefined },
        { name: 'internal', protocol: 'http', host: '::1', port: 0, tls: undefined },
      ]);
    });

    it('have certificates where they speak https, and those of their own first', () => {
      const { http } = configOf({
        ...store,
        listeners: 'https://a:1,EXTERNAL://b:2,http://c:3',
        'listener.protocol.map': 'EXTERNAL:https',
        'listener.name.external.ssl.keystore.location': fixture('ec.p12'),
        'listener.name.external.ssl.client.authentication': 'REQUIRED',
        'listener.name.external.ssl.truststore.location': fixture('trust.jks'),
      });

      const [first, second, third] = http.listeners.map(({ tls }) => tls);
      expect(first?.cert).not.toEqual(second?.cert);
      expect(first).not.toHaveProperty('requestCert');
      expect(second).toMatchObject({ requestCert: true, rejectUnauthorized: true });
      expect(third).toBeUndefined();
    });

    it.each([
      [{ 'ssl.client.authentication': 'REQUESTED' }, { requestCert: true, rejectUnauthorized: false }],
      [{ 'ssl.client.auth': 'true' }, { requestCert: true, rejectUnauthorized: true }],
    ])('ask for certificates of clients: %j', (given, expected) => {
      const { http } = configOf({
        ...store,
        ...given,
        listeners: 'https://a:1',
        'ssl.truststore.location': fixture('trust.jks'),
      });

      expect(http.listeners[0]?.tls).toMatchObject(expected);
    });

    it('need a key for https, and a trust store to ask clients for certificates', () => {
      expect(problemsOf(() => configOf({ listeners: 'https://a:1' }))).toEqual([
        'ssl.keystore.location: required for the https listener https',
      ]);
      expect(
        problemsOf(() =>
          configOf({ ...store, listeners: 'https://a:1', 'ssl.client.authentication': 'REQUIRED' }),
        ),
      ).toEqual([expect.stringContaining('ssl.client.authentication: needs ssl.truststore.location')]);
    });

    it('may be advertised, one a scheme', () => {
      const { http } = configOf({ 'advertised.listeners': 'https://rest.example.com,http://[::1]:80' });

      expect(http.advertisedListeners).toEqual([
        { protocol: 'https', host: 'rest.example.com', port: undefined },
        { protocol: 'http', host: '[::1]', port: 80 },
      ]);
    });

    it('believe forwarded headers of everybody only where nobody is named', () => {
      const enabled = { 'network.forwarded.request.customizer.enable': 'true' };

      expect(configOf({}).http.trustedProxies).toEqual([]);
      expect(configOf(enabled).http.trustedProxies).toEqual(['0.0.0.0/0', '::/0']);
      expect(configOf({ ...enabled, 'trusted.proxies': '10.0.0.0/8, ::1' }).http.trustedProxies).toEqual([
        '10.0.0.0/8',
        '::1',
      ]);
    });
  });

  describe('secrets', () => {
    const secrets = {
      'client.sasl.jaas.config': 'PlainLoginModule required username="u" password="secret-1";',
      'client.ssl.key.password': 'secret-2',
      'client.ssl.keystore.key': 'secret-3',
      'client.ssl.truststore.password': 'secret-4',
      'ssl.keystore.password': 'secret-5',
      'listener.name.http.ssl.key.password': 'secret-6',
      'client.sasl.oauthbearer.client.credentials.client.secret': 'secret-7',
      'client.sasl.oauthbearer.token.endpoint.url': 'https://user:secret-8@idp/token',
      'schema.registry.url': 'http://user:secret-9@registry:8081',
      'schema.registry.basic.auth.user.info': 'user:secret-10',
      'client.sasl.oauthbearer.assertion.private.key.passphrase': '',
      'some.unknown.password': 'secret-11',
      'client.unknown': 'secret-12',
      'producer.basic.auth.user.info': 'secret-13',
      'listener.name.http.unknown': 'secret-14',
    };

    it('are shown nowhere: not in warnings, nor in what is logged of the configuration', () => {
      const config = configOf({ ...secrets, id: 'shown' });

      const logged = [
        JSON.stringify(config.describe()),
        JSON.stringify(config),
        inspect(config),
        ...config.warnings,
      ];
      expect(logged.join('\n')).not.toContain('secret-');
      expect(config.describe()).toMatchObject({
        id: 'shown',
        'bootstrap.servers': 'broker:9092',
        'some.unknown.password': '[hidden]',
        'schema.registry.url': 'http://[hidden]@registry:8081',
      });
    });

    it('are shown in no problem', () => {
      const problems = problemsOf(() =>
        configOf({
          ...secrets,
          'client.security.protocol': 'SASL_SSL',
          'client.sasl.mechanism': 'SCRAM-SHA-512',
          listeners: 'https://user:secret-15@a:1,https://b:2',
        }),
      );

      expect(problems.length).toBeGreaterThanOrEqual(3);
      expect(problems.join('\n')).not.toContain('secret-');
    });
  });

  it('gives a configuration that cannot be changed', () => {
    const config = configOf({});

    expect(() => Object.assign(config, { id: 'x' })).toThrow(TypeError);
    expect(() => Object.assign(config.kafka.producerConfig, { acks: 0 })).toThrow(TypeError);
    expect(() => Object.assign(config.http.listeners, { 0: 'x' })).toThrow(TypeError);
  });
});
