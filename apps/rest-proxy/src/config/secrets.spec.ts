import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from '../../../../test/support/config-of.ts';

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
