import { parseBrokers } from '../kafka/bootstrap-servers.ts';
import {
  bool,
  int,
  list,
  long,
  noEffect,
  notSupported,
  optionalInt,
  parsed,
  text,
  unused,
} from './setting.ts';

const asTheOriginal = noEffect('as in the original');
const noThreads = noEffect('a waiting read takes no thread');
const rateLimit = notSupported('there is no limiter of requests; see `max.inflight.requests`');
const plugIn = 'plug-ins are Java classes; one that authenticates would be missing without a word';

/** Keys of the original's own configuration. */
export const proxySettings = {
  id: text('', { doc: 'Id of this server; part of the names that consumer instances are given.' }),
  'bootstrap.servers': parsed('list of host:port', '', parseBrokers, {
    doc: 'Brokers to begin with. Required. A protocol may precede each (`SSL://broker:9093`); it is then the `security.protocol` unless that is set.',
  }),
  port: int(8082, { max: 65535, doc: 'Port to listen on where `listeners` is empty.' }),
  'host.name': text('', {
    doc: "Host in absolute URLs, with the listener's port. Empty: the Host header of the request.",
  }),
  'advertised.listeners': list([], {
    doc: 'Authority in absolute URLs, one a scheme, e.g. `https://rest.example.com`. Goes before `host.name`.',
  }),
  'schema.registry.url': list(['http://localhost:8081'], {
    doc: 'Schema registry, with its path, several for fail-over. Empty: schema formats are off.',
  }),
  'consumer.request.timeout.ms': int(1000, {
    doc: "Longest wait of a read in ms. It is not the Kafka client's `request.timeout.ms`: that is `client.request.timeout.ms`.",
  }),
  'consumer.request.max.bytes': int(67_108_864, {
    min: 1,
    doc: 'Most bytes of keys and values in one read.',
  }),
  'consumer.instance.timeout.ms': int(300_000, {
    min: 1,
    doc: 'A consumer instance is closed this many ms after its last request.',
  }),
  'fetch.min.bytes': optionalInt('one record', {
    min: -1,
    max: 10_000_000,
    doc: 'A read ends before its time once it has more than this many bytes. Unset: as soon as there is a record. -1: never before its time (the default of the original).',
  }),
  'consumer.threads': int(50, { min: -1, doc: '', stance: noThreads }),
  'consumer.iterator.backoff.ms': int(50, {
    doc: '',
    stance: noEffect('a read wakes up when records come'),
  }),
  'consumer.iterator.timeout.ms': unused('1', asTheOriginal),
  'producer.threads': unused('5', asTheOriginal),
  'simpleconsumer.pool.size.max': unused('25', asTheOriginal),
  'simpleconsumer.pool.timeout.ms': unused('1000', asTheOriginal),
  'client.init.timeout.ms': unused('60000', asTheOriginal),
  'client.timeout.ms': unused('500', asTheOriginal),
  'api.v2.enable': bool(true, { doc: 'API v2. Off: its paths answer 404.' }),
  'api.v3.enable': bool(true, { doc: 'API v3. Off: its paths answer 404.' }),
  'api.endpoints.allowlist': list([], {
    doc: 'Names of the endpoints to serve, as the log has them (`api.v3.topics.list`), or of their classes (`api.v3.topics.*`); empty for all.',
  }),
  'api.endpoints.blocklist': list([], { doc: 'Names of the endpoints not to serve, in the same form.' }),
  'confluent.resource.name.authority': text('', {
    doc: 'Authority of the resource names (`crn://…`) of API v3.',
  }),
  'response.mediatype.preferred': list(['application/json', 'application/vnd.kafka.v2+json'], {
    doc: 'Content types of errors where nothing was negotiated, if the client accepts them.',
  }),
  'response.mediatype.default': text('application/json', { doc: 'Content type of such errors otherwise.' }),
  'null.request.body.always.publishes.empty.record': bool(false, {
    doc: 'Null data with a schema is a null of Kafka. Otherwise it is null by the schema, if the schema takes it.',
  }),
  'api.v3.produce.batch.maximum.entries': int(10, {
    min: 1,
    max: 50,
    doc: 'Most entries of a `records:batch`.',
  }),
  'api.v3.produce.request.size.limit.max.bytes': int(0, {
    doc: 'Most bytes of the JSON of one record of a stream; the stream ends above. 0: `max.request.body.bytes`.',
  }),
  'api.v3.produce.rate.limit.enabled': bool(false, {
    doc: 'The limits of records a second, below; what is above is answered with 429, record by record. `rate.limit.enable` is not needed for it.',
  }),
  'api.v3.produce.rate.limit.max.requests.per.sec': long(10_000, {
    min: 1,
    doc: 'Records a second of one cluster, which is all of them. Of one process.',
  }),
  'api.v3.produce.rate.limit.max.requests.global.per.sec': long(10_000, {
    min: 1,
    doc: 'Records a second. Of one process.',
  }),
  'api.v3.produce.rate.limit.max.bytes.per.sec': long(10_000_000, {
    min: 1,
    doc: 'Bytes of JSON a second of one cluster, which is all of them. Of one process.',
  }),
  'api.v3.produce.rate.limit.max.bytes.global.per.sec': long(10_000_000, {
    min: 1,
    doc: 'Bytes of JSON a second. Of one process.',
  }),
  'api.v3.produce.rate.limit.cache.expiry.ms': unused(
    '3600000',
    noEffect('the limits of one cluster are not forgotten'),
  ),
  'api.v3.produce.response.thread.pool.size': unused(
    'number of CPUs',
    noEffect('there are no threads to count'),
  ),
  'streaming.connection.max.duration.ms': long(86_400_000, {
    doc: 'A stream of records (API v3) that is older takes no more: each further record is answered with 408.',
  }),
  'streaming.connection.max.duration.grace.period.ms': long(500, {
    doc: 'So many ms later it ends.',
  }),
  'rate.limit.enable': unused('false', rateLimit),
  'rate.limit.backend': unused('guava', noEffect('see `rate.limit.enable`')),
  'rate.limit.permits.per.sec': unused('50', noEffect('see `rate.limit.enable`')),
  'rate.limit.per.cluster.permits.per.sec': unused('50', noEffect('see `rate.limit.enable`')),
  'rate.limit.per.cluster.cache.expiry.ms': unused('3600000', noEffect('see `rate.limit.enable`')),
  'rate.limit.timeout.ms': unused('0', noEffect('see `rate.limit.enable`')),
  'rate.limit.default.cost': unused('1', noEffect('see `rate.limit.enable`')),
  'rate.limit.costs': unused('', noEffect('see `rate.limit.enable`')),
  'use.custom.request.logging': unused('true', noEffect('the request log has a form of its own')),
  'metrics.jmx.prefix': unused('kafka.rest', noEffect('there is no JMX')),
  'kafka.rest.extension.classes': unused(
    '',
    asTheOriginal,
    'A misnamed key of the file that the original ships.',
  ),
  'kafka.rest.resource.extension.class': unused('', { kind: 'refused', why: plugIn }),
};
