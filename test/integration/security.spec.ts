import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unsecuredJwt } from '../../apps/rest-proxy/src/config/kafka/oauth/jwt.ts';
import {
  CertificateAuthority,
  type CertificateFiles,
  storePassword,
} from '../../scripts/stack/certificates.ts';
import { type KafkaCluster, startKafka } from '../../scripts/stack/kafka-cluster.ts';
import { TestApp } from '../support/test-app.ts';
import { createTopic } from '../support/topics.ts';
import { uniqueName } from '../support/unique-name.ts';

type Settings = Readonly<Record<string, string>>;

const user = { name: 'alice', password: 'alice-password' };
const binaryType = 'application/vnd.kafka.binary.v2+json';
const v2Type = 'application/vnd.kafka.v2+json';
const modules = 'org.apache.kafka.common.security';

let dir: string;
let kafka: KafkaCluster;
let authority: CertificateAuthority;
let client: CertificateFiles;
let topic: string;
let app: TestApp | undefined;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'security-'));
  kafka = await startKafka({
    users: [user],
    listeners: [
      { name: 'TLS', protocol: 'SSL' },
      { name: 'MTLS', protocol: 'SSL', clientAuth: 'required' },
      { name: 'LOGIN', protocol: 'SASL_PLAINTEXT', mechanisms: ['PLAIN', 'SCRAM-SHA-256', 'OAUTHBEARER'] },
      { name: 'BOTH', protocol: 'SASL_SSL', mechanisms: ['PLAIN', 'SCRAM-SHA-512', 'OAUTHBEARER'] },
    ],
  });
  if (kafka.authority === undefined) throw new Error('the cluster has no certificates');
  authority = kafka.authority;
  client = authority.issue('client');
  topic = await createTopic(kafka.bootstrapServers, uniqueName('secured'));
});

afterEach(async () => {
  await app?.close();
  app = undefined;
});

afterAll(async () => {
  await kafka.stop();
  rmSync(dir, { recursive: true });
});

const jaas = (module: string, name = user.name, password = user.password): string =>
  `${modules}.${module} required username="${name}" password="${password}";`;

const unsecured = `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="bob";`;

/** Trust in the cluster's authority, by a PEM file. */
const trusting = (): Settings => ({
  'client.ssl.truststore.type': 'PEM',
  'client.ssl.truststore.location': authority.certificate,
});

/** The proxy on one of the cluster's listeners. */
const proxyOn = async (listener: string, settings: Settings): Promise<TestApp> => {
  app = await TestApp.onKafka(kafka.bootstrapServersOf(listener), {
    'consumer.request.timeout.ms': '15000',
    ...settings,
  });
  return app;
};

/** Goes through every client that the proxy has: metadata, administration, producer, consumer. */
const useAll = async (proxy: TestApp): Promise<void> => {
  const value = Buffer.from(uniqueName('value')).toString('base64');
  const post = (path: string, body: unknown, type = v2Type) =>
    proxy.request(path, { method: 'POST', headers: { 'content-type': type }, body });

  expect((await proxy.request('/topics')).json).toContain(topic);
  expect((await proxy.request(`/topics/${topic}`)).json).toMatchObject({
    name: topic,
    configs: { 'cleanup.policy': 'delete' },
  });
  const produced = await post(`/topics/${topic}`, { records: [{ value }] }, binaryType);
  expect(produced.json).toMatchObject({ offsets: [{ partition: 0, error_code: null }] });

  const group = `/consumers/${uniqueName('group')}`;
  const created = await post(group, { name: 'one', format: 'binary', 'auto.offset.reset': 'earliest' });
  expect(created.status).toBe(200);
  const instance = `${group}/instances/one`;
  expect((await post(`${instance}/subscription`, { topics: [topic] })).status).toBe(204);
  const read = await proxy.request(`${instance}/records`, { headers: { accept: binaryType } });
  expect(read.json).toContainEqual(expect.objectContaining({ topic, value }));
  expect((await post(`${instance}/offsets`, undefined)).status).toBe(200);
  expect((await proxy.request(instance, { method: 'DELETE' })).status).toBe(204);
};

describe('towards Kafka', () => {
  const oauthOf = (extra: Settings = {}): Settings => ({
    'client.sasl.mechanism': 'OAUTHBEARER',
    'client.sasl.jaas.config': unsecured,
    ...extra,
  });
  const login = (mechanism: string, config: string): Settings => ({
    'client.sasl.mechanism': mechanism,
    'client.sasl.jaas.config': config,
  });
  const plain = jaas('plain.PlainLoginModule');
  const scram = jaas('scram.ScramLoginModule');

  const ways: readonly (readonly [string, string, () => Settings])[] = [
    ['TLS', 'TLS', () => ({ 'client.security.protocol': 'SSL', ...trusting() })],
    [
      "TLS with nothing but the broker's certificate to trust",
      'TLS',
      () => ({
        'client.security.protocol': 'SSL',
        'client.ssl.truststore.location': authority.issue('broker').certificate,
      }),
    ],
    [
      'TLS with a PKCS12 trust store',
      'TLS',
      () => ({
        'client.security.protocol': 'SSL',
        'client.ssl.truststore.location': authority.trustStoreP12,
        'client.ssl.truststore.password': storePassword,
      }),
    ],
    [
      'TLS with a JKS trust store and one version',
      'TLS',
      () => ({
        'client.security.protocol': 'SSL',
        'client.ssl.truststore.location': jksOf(authority.certificate),
        'client.ssl.truststore.password': storePassword,
        'client.ssl.enabled.protocols': 'TLSv1.2',
        'client.ssl.cipher.suites': 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      }),
    ],
    [
      'mTLS with PKCS12',
      'MTLS',
      () => ({
        'client.security.protocol': 'SSL',
        ...trusting(),
        'client.ssl.keystore.location': client.keyStoreP12,
        'client.ssl.keystore.password': storePassword,
      }),
    ],
    [
      'mTLS with PEM in the settings',
      'MTLS',
      () => ({
        'client.security.protocol': 'SSL',
        'client.ssl.truststore.certificates': readFileSync(authority.certificate, 'utf8'),
        'client.ssl.keystore.key': readFileSync(client.key, 'utf8'),
        'client.ssl.keystore.certificate.chain': readFileSync(client.certificate, 'utf8'),
      }),
    ],
    ['PLAIN', 'LOGIN', () => ({ 'client.security.protocol': 'SASL_PLAINTEXT', ...login('PLAIN', plain) })],
    [
      'SCRAM-SHA-256',
      'LOGIN',
      () => ({ 'client.security.protocol': 'SASL_PLAINTEXT', ...login('SCRAM-SHA-256', scram) }),
    ],
    [
      'SCRAM-SHA-512 over TLS',
      'BOTH',
      () => ({ 'client.security.protocol': 'SASL_SSL', ...trusting(), ...login('SCRAM-SHA-512', scram) }),
    ],
    ['OAUTHBEARER', 'LOGIN', () => ({ 'client.security.protocol': 'SASL_PLAINTEXT', ...oauthOf() })],
    [
      'OAUTHBEARER over TLS',
      'BOTH',
      () => ({ 'client.security.protocol': 'SASL_SSL', ...trusting(), ...oauthOf() }),
    ],
  ];

  it.each(ways)('%s: every client works', async (_, listener, settings) => {
    await useAll(await proxyOn(listener, settings()));
  });

  it('OAUTHBEARER with a token endpoint: every client works, and one token serves them all', async () => {
    const endpoint = await TokenEndpoint.start();
    try {
      const proxy = await proxyOn('LOGIN', {
        'client.security.protocol': 'SASL_PLAINTEXT',
        'client.sasl.mechanism': 'OAUTHBEARER',
        'client.sasl.oauthbearer.token.endpoint.url': endpoint.url,
        'client.sasl.jaas.config': `${modules}.oauthbearer.OAuthBearerLoginModule required clientId="proxy" clientSecret="hidden";`,
      });
      await useAll(proxy);
    } finally {
      endpoint.stop();
    }

    expect(endpoint.asked).toBe(1);
  });

  const refusals: readonly (readonly [string, string, () => Settings, RegExp])[] = [
    [
      'a wrong password with PLAIN',
      'LOGIN',
      () => ({
        'client.security.protocol': 'SASL_PLAINTEXT',
        ...login('PLAIN', jaas('plain.PlainLoginModule', 'alice', 'wrong-secret')),
      }),
      /Authentication failed/,
    ],
    [
      'a wrong password with SCRAM',
      'BOTH',
      () => ({
        'client.security.protocol': 'SASL_SSL',
        ...trusting(),
        ...login('SCRAM-SHA-512', jaas('scram.ScramLoginModule', 'alice', 'wrong-secret')),
      }),
      /Authentication failed/,
    ],
    [
      'a mechanism that the broker does not have',
      'LOGIN',
      () => ({ 'client.security.protocol': 'SASL_PLAINTEXT', ...login('SCRAM-SHA-512', scram) }),
      /Authentication failed/,
    ],
    [
      'a certificate of an authority that is not trusted',
      'TLS',
      () => ({
        'client.security.protocol': 'SSL',
        'client.ssl.truststore.location': new CertificateAuthority(join(dir, 'stranger')).certificate,
      }),
      /SSL handshake failed/,
    ],
    [
      'a missing certificate of the client',
      'MTLS',
      () => ({ 'client.security.protocol': 'SSL', ...trusting() }),
      /SSL handshake failed/,
    ],
  ];

  it.each(refusals)('%s: every client says so at once', async (_, listener, settings, message) => {
    const proxy = await proxyOn(listener, settings());
    const body = { records: [{ value: 'AA==' }] };
    const begin = performance.now();

    const topics = await proxy.request('/topics');
    const configs = await proxy.request(`/topics/${topic}`);
    const produced = await proxy.request(`/topics/${topic}`, {
      method: 'POST',
      headers: { 'content-type': binaryType },
      body,
    });

    for (const answer of [topics, configs]) {
      expect(answer.status).toBe(401);
      expect(answer.json).toEqual({ error_code: 40101, message: expect.stringMatching(message) });
    }
    expect(produced.status).toBe(401);
    expect(produced.text).toMatch(message);
    expect(topics.text + configs.text + produced.text).not.toContain('wrong-secret');
    expect(JSON.stringify(proxy.logs)).not.toContain('wrong-secret');
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('the name of the broker must be in its certificate, unless the operator says it need not', async () => {
    // The certificate is for localhost and 127.0.0.1; the address ::ffff:127.0.0.1 reaches the same broker.
    const servers = kafka.bootstrapServersOf('TLS').replaceAll('127.0.0.1', '[::ffff:127.0.0.1]');
    const settings = { 'client.security.protocol': 'SSL', ...trusting() };
    app = await TestApp.onKafka(servers, settings);
    expect((await app.request('/topics')).text).toMatch(/SSL handshake failed/);
    await app.close();

    app = await TestApp.onKafka(servers, { ...settings, 'client.ssl.endpoint.identification.algorithm': '' });
    expect((await app.request('/topics')).json).toContain(topic);
  });

  it('a token endpoint that fails is named, without the secret', async () => {
    const proxy = await proxyOn('LOGIN', {
      'client.security.protocol': 'SASL_PLAINTEXT',
      'client.sasl.mechanism': 'OAUTHBEARER',
      'client.sasl.oauthbearer.token.endpoint.url': 'http://127.0.0.1:9/token',
      'client.sasl.jaas.config': `${modules}.oauthbearer.OAuthBearerLoginModule required clientId="proxy" clientSecret="wrong-secret";`,
    });

    for (const path of ['/topics', `/topics/${topic}`]) {
      const { status, text } = await proxy.request(path);

      expect(status).toBe(401);
      expect(text).toContain('no token from http://127.0.0.1:9/token: ECONNREFUSED');
      expect(text).not.toContain('wrong-secret');
    }
  });
});

/** A JKS store that trusts a certificate, as keytool makes it. */
const jksOf = (certificate: string): string => {
  const store = join(dir, `${uniqueName('trust')}.jks`);
  const args = ['-importcert', '-noprompt', '-alias', 'ca', '-file', certificate, '-keystore', store];
  execFileSync('keytool', [...args, '-storetype', 'JKS', '-storepass', storePassword], { stdio: 'pipe' });
  return store;
};

/** An OAuth server that gives everybody a token for bob. */
class TokenEndpoint {
  asked = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (_request, response) => {
      this.asked++;
      const now = Math.floor(Date.now() / 1000);
      const token = unsecuredJwt({ sub: 'bob', iat: now, exp: now + 600 });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 600 }));
    });
  }

  static async start(): Promise<TokenEndpoint> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TokenEndpoint(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/token`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
