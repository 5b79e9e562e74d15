import {
  bool,
  int,
  javaClass,
  noEffect,
  notSupported,
  oneOf,
  parsed,
  secret,
  text,
  unused,
} from './setting.ts';
import { tlsSettings } from './tls-settings.ts';
import { parseIdentification } from './connection-settings.ts';

const asTheOriginal = noEffect('as in the original');
const tries = noEffect('a lost connection is tried once more, then the next URL');
const ages = noEffect('what was not found is asked for again after two seconds');
const rules = notSupported('rules of schemas are not executed');
const strategies = ['TopicNameStrategy', 'RecordNameStrategy', 'TopicRecordNameStrategy'] as const;

/** What follows `schema.registry.`: Confluent's registry client and serializers. */
export const registrySettings = {
  'basic.auth.credentials.source': oneOf(['URL', 'USER_INFO', 'SASL_INHERIT'], 'URL', {
    doc: 'Where user and password are: in the URL, or in `basic.auth.user.info`. SASL_INHERIT: the start is refused.',
  }),
  'basic.auth.user.info': secret({ doc: '`user:password`, with `basic.auth.credentials.source=USER_INFO`.' }),
  'bearer.auth.credentials.source': oneOf(
    ['', 'STATIC_TOKEN', 'OAUTHBEARER', 'SASL_OAUTHBEARER_INHERIT', 'CUSTOM'],
    '',
    {
      doc: 'STATIC_TOKEN: `bearer.auth.token`. OAUTHBEARER: from `bearer.auth.issuer.endpoint.url`. The others: the start is refused.',
    },
  ),
  'bearer.auth.token': secret({ doc: 'Token, with `bearer.auth.credentials.source=STATIC_TOKEN`.' }),
  'bearer.auth.issuer.endpoint.url': text('', { doc: 'Where a token is had with client id and secret.' }),
  'bearer.auth.client.id': text('', { doc: 'Client id.' }),
  'bearer.auth.client.secret': secret({ doc: 'Client secret.' }),
  'bearer.auth.scope': text('', { doc: 'Scope of the token.' }),
  'bearer.auth.logical.cluster': text('', { doc: 'Sent as `target-sr-cluster`.' }),
  'bearer.auth.identity.pool.id': text('', { doc: 'Sent as `Confluent-Identity-Pool-Id`.' }),
  ...tlsSettings,
  'ssl.endpoint.identification.algorithm': parsed('https or empty', 'https', parseIdentification, {
    doc: "Whether the registry's name must be in its certificate; empty: it need not.",
  }),
  'http.connect.timeout.ms': int(3_000, {
    min: 1,
    doc: 'Longest wait for a connection to a URL, in ms.',
  }),
  'http.read.timeout.ms': int(5_000, {
    min: 1,
    doc: 'Longest wait for the answer of a URL, the connection included, in ms.',
  }),
  'auto.register.schemas': bool(true, {
    doc: 'Raw schemas that a subject does not have are registered. false: 42207.',
  }),
  'normalize.schemas': bool(false, {
    doc: 'The registry compares schemas by their meaning where it can.',
  }),
  'key.subject.name.strategy': javaClass(strategies, {
    doc: 'How the subject of keys is named: TopicNameStrategy (`<topic>-key`; the default), RecordNameStrategy, TopicRecordNameStrategy.',
  }),
  'value.subject.name.strategy': javaClass(strategies, { doc: 'The same for values.' }),
  'max.schemas.per.subject': int(10_000, {
    min: 1,
    doc: 'Most schemas that are remembered, in all; the least used are asked for again.',
  }),
  'latest.cache.ttl.sec': int(5, {
    min: -1,
    doc: 'How long the latest version of a subject is taken for the latest, in seconds. -1: until the next start.',
  }),
  'latest.cache.size': unused('1000', noEffect('see `max.schemas.per.subject`')),
  'missing.cache.size': unused('10000', ages),
  'missing.id.cache.ttl.sec': unused('0', ages),
  'missing.version.cache.ttl.sec': unused('0', ages),
  'missing.schema.cache.ttl.sec': unused('0', ages),
  'max.retries': unused('3', tries),
  'retries.wait.ms': unused('1000', tries),
  'retries.max.wait.ms': unused('20000', tries),
  'url.randomize': unused('false', noEffect('the URL that answered last is asked first')),
  'proxy.host': unused('', notSupported('no proxy is used')),
  'proxy.port': unused('-1', noEffect('see `proxy.host`')),
  'use.latest.version': unused('false', asTheOriginal),
  'use.schema.id': unused('-1', asTheOriginal),
  'latest.compatibility.strict': unused('true', asTheOriginal),
  'id.compatibility.strict': unused('true', asTheOriginal),
  'context.name.strategy': unused('', notSupported('contexts are part of a subject’s name')),
  'rule.executors': unused('', rules),
  'rule.actions': unused('', rules),
};
