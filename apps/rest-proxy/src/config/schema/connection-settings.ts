import { parseBrokers, securityProtocols } from '../kafka/bootstrap-servers.ts';
import {
  int,
  InvalidValue,
  javaClass,
  long,
  noEffect,
  notSupported,
  oneOf,
  parsed,
  refused,
  secret,
  text,
  unused,
  type ValuesOf,
} from './setting.ts';
import { tlsSettings } from './tls-settings.ts';

const plugIn = refused('plug-ins are Java classes');
export const parseIdentification = (given: string): 'https' | '' => {
  const lower = given.toLowerCase();
  if (lower !== 'https' && lower !== '') throw new InvalidValue('must be https or empty');
  return lower;
};

const noKerberos = noEffect('there is no Kerberos; see `sasl.mechanism`');
const ofBrokers = noEffect('checks of tokens are the brokers’');
const refresh = noEffect('a token is renewed when four fifths of its time are over');
const assertion = refused('only the grant with client id and secret is supported');
const socket = notSupported('buffers of sockets are the system’s');
const noMetrics = noEffect('there is no JMX');

/** What all three Kafka clients have in common. */
export const connectionSettings = {
  'bootstrap.servers': parsed('list of host:port', '', parseBrokers, {
    doc: 'Brokers of this client, where they differ from `bootstrap.servers`.',
  }),
  'client.id': text('kafka-rest', { doc: 'How the client names itself to the brokers: logs, quotas.' }),
  'security.protocol': oneOf(securityProtocols, 'PLAINTEXT', {
    doc: 'Without it, the protocol before the bootstrap servers counts, if there is one.',
  }),
  ...tlsSettings,
  'ssl.endpoint.identification.algorithm': parsed('https or empty', 'https', parseIdentification, {
    doc: "Whether a broker's name must be in its certificate; empty: it need not.",
  }),
  'sasl.mechanism': oneOf(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER', 'GSSAPI'], 'GSSAPI', {
    doc: 'Must be set where `security.protocol` begins with SASL. GSSAPI (Kerberos) is not supported: the start is refused.',
  }),
  'sasl.jaas.config': secret({
    doc: 'One login module with its options, as in Java: PlainLoginModule and ScramLoginModule (`username`, `password`), OAuthBearerLoginModule (`clientId`, `clientSecret`, `scope`, `extension_…`, `ssl.…`; for tests `unsecuredLoginStringClaim_sub`).',
  }),
  'sasl.oauthbearer.token.endpoint.url': text('', {
    doc: 'Where a token is had with client id and secret (https, http), or a file with one (`file:///path`), read again when it is needed.',
  }),
  'sasl.oauthbearer.client.credentials.client.id': text('', { doc: 'Client id, in the place of JAAS.' }),
  'sasl.oauthbearer.client.credentials.client.secret': secret({
    doc: 'Client secret, in the place of JAAS.',
  }),
  'sasl.oauthbearer.scope': text('', { doc: 'Scope of the token, in the place of JAAS.' }),
  'sasl.oauthbearer.header.urlencode': oneOf(['true', 'false'], 'false', {
    doc: 'Client id and secret are URL-encoded in the Authorization header, as RFC 6749 says.',
  }),
  'sasl.login.connect.timeout.ms': int(10_000, {
    min: 1,
    doc: 'Longest wait for a connection to the token endpoint.',
  }),
  'sasl.login.read.timeout.ms': int(10_000, { min: 1, doc: 'Longest wait for its answer.' }),
  'sasl.login.retry.backoff.ms': unused('100', refresh),
  'sasl.login.retry.backoff.max.ms': unused('10000', refresh),
  'sasl.login.refresh.window.factor': unused('0.8', refresh),
  'sasl.login.refresh.window.jitter': unused('0.05', refresh),
  'sasl.login.refresh.min.period.seconds': unused('60', refresh),
  'sasl.login.refresh.buffer.seconds': unused('300', refresh),
  'sasl.login.callback.handler.class': javaClass(['OAuthBearerLoginCallbackHandler'], {
    doc: "Kafka's own OAuthBearerLoginCallbackHandler is accepted: it is what happens anyway.",
  }),
  'sasl.oauthbearer.jwt.retriever.class': javaClass(
    ['DefaultJwtRetriever', 'ClientCredentialsJwtRetriever', 'FileJwtRetriever'],
    {
      doc: "Kafka's DefaultJwtRetriever, ClientCredentialsJwtRetriever and FileJwtRetriever are accepted: the URL decides.",
    },
  ),
  'sasl.oauthbearer.jwt.validator.class': unused('', ofBrokers),
  'sasl.oauthbearer.assertion.algorithm': unused(
    'RS256',
    noEffect('see `sasl.oauthbearer.assertion.private.key.file`'),
  ),
  'sasl.oauthbearer.assertion.claim.aud': unused('', assertion),
  'sasl.oauthbearer.assertion.claim.exp.seconds': unused(
    '300',
    noEffect('see `sasl.oauthbearer.assertion.file`'),
  ),
  'sasl.oauthbearer.assertion.claim.iss': unused('', assertion),
  'sasl.oauthbearer.assertion.claim.jti.include': unused(
    'false',
    noEffect('see `sasl.oauthbearer.assertion.file`'),
  ),
  'sasl.oauthbearer.assertion.claim.nbf.seconds': unused(
    '60',
    noEffect('see `sasl.oauthbearer.assertion.file`'),
  ),
  'sasl.oauthbearer.assertion.claim.sub': unused('', assertion),
  'sasl.oauthbearer.assertion.file': unused('', assertion),
  'sasl.oauthbearer.assertion.private.key.file': unused('', assertion),
  'sasl.oauthbearer.assertion.private.key.passphrase': { ...unused('', assertion), secret: true },
  'sasl.oauthbearer.assertion.template.file': unused('', assertion),
  'sasl.oauthbearer.clock.skew.seconds': unused('30', ofBrokers),
  'sasl.oauthbearer.expected.audience': unused('', ofBrokers),
  'sasl.oauthbearer.expected.issuer': unused('', ofBrokers),
  'sasl.oauthbearer.jwks.endpoint.refresh.ms': unused('3600000', ofBrokers),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms': unused('10000', ofBrokers),
  'sasl.oauthbearer.jwks.endpoint.retry.backoff.ms': unused('100', ofBrokers),
  'sasl.oauthbearer.jwks.endpoint.url': unused('', ofBrokers),
  'sasl.oauthbearer.scope.claim.name': unused('scope', ofBrokers),
  'sasl.oauthbearer.sub.claim.name': unused('sub', ofBrokers),
  'sasl.kerberos.kinit.cmd': unused('/usr/bin/kinit', noKerberos),
  'sasl.kerberos.min.time.before.relogin': unused('60000', noKerberos),
  'sasl.kerberos.service.name': unused('', noKerberos),
  'sasl.kerberos.ticket.renew.jitter': unused('0.05', noKerberos),
  'sasl.kerberos.ticket.renew.window.factor': unused('0.8', noKerberos),
  'sasl.login.class': unused('', plugIn),
  'sasl.client.callback.handler.class': unused('', plugIn),
  'security.providers': unused('', plugIn),
  'request.timeout.ms': int(30_000, { min: 1, doc: 'Longest wait for the answer to one request, in ms.' }),
  'socket.connection.setup.timeout.ms': long(10_000, {
    min: 1,
    doc: 'Longest wait for a connection, in ms.',
  }),
  'socket.connection.setup.timeout.max.ms': unused(
    '30000',
    notSupported('the wait for a connection does not grow'),
  ),
  'retry.backoff.ms': long(100, { doc: 'First pause before a retry or a new connection; it doubles.' }),
  'retry.backoff.max.ms': long(1_000, { doc: 'Longest such pause.' }),
  'reconnect.backoff.ms': unused('50', notSupported('`retry.backoff.ms` counts')),
  'reconnect.backoff.max.ms': unused('1000', notSupported('`retry.backoff.max.ms` counts')),
  'metadata.max.age.ms': long(300_000, { doc: 'Metadata is asked for again after this many ms.' }),
  'metadata.recovery.strategy': unused(
    'rebootstrap',
    notSupported('when no known broker answers, the bootstrap servers are asked again'),
  ),
  'metadata.recovery.rebootstrap.trigger.ms': unused(
    '300000',
    notSupported('see `metadata.recovery.strategy`'),
  ),
  'connections.max.idle.ms': long(540_000, {
    min: 1,
    doc: 'A connection without use is closed after this many ms.',
  }),
  'client.dns.lookup': unused('use_all_dns_ips', notSupported('names are looked up by the system')),
  'receive.buffer.bytes': unused('65536', socket),
  'send.buffer.bytes': unused('131072', socket),
  'enable.metrics.push': unused('true', noEffect('no metrics are pushed to the brokers')),
  'metric.reporters': unused('', notSupported('reporters are Java classes')),
  'auto.include.jmx.reporter': unused('true', noMetrics),
  'metrics.num.samples': unused('2', noMetrics),
  'metrics.recording.level': unused('INFO', noMetrics),
  'metrics.sample.window.ms': unused('30000', noMetrics),
};

export type ConnectionValues = ValuesOf<typeof connectionSettings>;
