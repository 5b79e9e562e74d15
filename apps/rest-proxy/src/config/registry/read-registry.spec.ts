import { describe, expect, it } from 'vitest';
import type { SchemaRegistrySettings } from '#libs/schema-registry/schema-registry-settings.ts';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';

function registryOf(settings: Readonly<Record<string, string>>): SchemaRegistrySettings | undefined {
  return configOf(prefixed(settings)).schemaRegistry;
}

function prefixed(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(settings).map(([key, value]) => [`schema.registry.${key}`, value] as const);
  return Object.fromEntries(entries);
}

describe('readRegistry', () => {
  it('has a registry unless the URL is empty', () => {
    expect(registryOf({})).toMatchObject({
      connection: {
        urls: ['http://localhost:8081/'],
        authentication: { kind: 'none' },
        connectTimeoutMs: 3_000,
        requestTimeoutMs: 5_000,
        headers: {},
      },
      caches: { maxSchemas: 10_000, latestTtlMs: 5_000, failureTtlMs: 2_000 },
      autoRegister: true,
      normalize: false,
      keySubjectNames: 'TOPIC_NAME',
      valueSubjectNames: 'TOPIC_NAME',
    });
    expect(registryOf({ url: '' })).toBe(undefined);
  });

  it('takes several URLs with their paths', () => {
    const registry = registryOf({ url: 'http://a:8081/apis/ccompat/v7, https://b/x' });

    expect(registry?.connection.urls).toEqual(['http://a:8081/apis/ccompat/v7', 'https://b/x']);
  });

  it('takes user and password from a URL, and out of it', () => {
    const registry = registryOf({ url: 'http://ada:p%40ss@a:8081/x' });

    expect(registry?.connection).toMatchObject({
      urls: ['http://a:8081/x'],
      authentication: { kind: 'basic', user: 'ada', password: 'p@ss' },
    });
  });

  it('takes user and password apart from the URL', () => {
    const registry = registryOf({
      'basic.auth.credentials.source': 'USER_INFO',
      'basic.auth.user.info': 'ada:pass:word',
    });

    expect(registry?.connection.authentication).toEqual({
      kind: 'basic',
      user: 'ada',
      password: 'pass:word',
    });
  });

  it('takes a token', async () => {
    const registry = registryOf({
      'bearer.auth.credentials.source': 'STATIC_TOKEN',
      'bearer.auth.token': 'abc',
      'bearer.auth.logical.cluster': 'lsrc-1',
      'request.header.X-Team': 'orders',
    });
    const authentication = registry?.connection.authentication;

    expect(authentication?.kind === 'bearer' && (await authentication.token())).toBe('abc');
    expect(registry?.connection.headers).toEqual({ 'target-sr-cluster': 'lsrc-1', 'x-team': 'orders' });
  });

  it('takes strategies by the names of their Java classes', () => {
    const registry = registryOf({
      'key.subject.name.strategy': 'io.confluent.kafka.serializers.subject.RecordNameStrategy',
      'value.subject.name.strategy': 'io.confluent.kafka.serializers.subject.TopicRecordNameStrategy',
      'auto.register.schemas': 'false',
    });

    expect(registry).toMatchObject({
      keySubjectNames: 'RECORD_NAME',
      valueSubjectNames: 'TOPIC_RECORD_NAME',
      autoRegister: false,
    });
  });

  it.each([
    [{ url: 'localhost:8081' }, 'schema.registry.url: must be URLs with http or https'],
    [{ 'basic.auth.credentials.source': 'SASL_INHERIT' }, 'refused: use USER_INFO'],
    [{ 'basic.auth.credentials.source': 'USER_INFO' }, 'must be user:password'],
    [{ 'bearer.auth.credentials.source': 'STATIC_TOKEN' }, 'needed with STATIC_TOKEN'],
    [{ 'bearer.auth.credentials.source': 'OAUTHBEARER' }, 'must be a URL with http or https'],
    [{ 'bearer.auth.credentials.source': 'CUSTOM' }, 'refused: only STATIC_TOKEN and OAUTHBEARER'],
    [{ 'ssl.truststore.location': '/nowhere.pem' }, 'schema.registry.ssl.truststore.location: '],
    [{ 'value.subject.name.strategy': 'com.example.Mine' }, 'must be one of TopicNameStrategy'],
  ])('does not start with %j', (settings, message) => {
    const problems = problemsOf(() => configOf(prefixed(settings)));

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
  });
});
