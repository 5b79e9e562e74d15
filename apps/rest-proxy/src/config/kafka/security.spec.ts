import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';
import { readConfig } from '../read-config.ts';

const dir = mkdtempSync(join(tmpdir(), 'security-'));
afterAll(() => rmSync(dir, { recursive: true }));

const fixture = (name: string): string => join(import.meta.dirname, '../tls/fixtures', name);

const fileWith = (content: string): string => {
  const path = join(dir, 'kafka-rest.properties');
  writeFileSync(path, content);
  return path;
};

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
    ['Kerberos', { 'sasl.mechanism': 'GSSAPI' }, 'client.sasl.mechanism: GSSAPI (Kerberos) is not supported'],
    ['another mechanism', { 'sasl.mechanism': 'AWS_MSK_IAM' }, 'client.sasl.mechanism: must be one of PLAIN'],
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
    ['an unknown version', { 'enabled.protocols': 'TLSv1.2,SSLv3' }, 'enabled.protocols: must be a list of'],
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
