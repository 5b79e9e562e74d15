import {
  bool,
  int,
  list,
  long,
  noEffect,
  notSupported,
  oneOf,
  optionalInt,
  parsed,
  text,
} from './setting.ts';
import { parseBrokers } from '../kafka/bootstrap-servers.ts';

const likeTheOriginal = noEffect('The original does nothing with it either.');
const noThreads = noEffect('There are no threads to count: waiting reads cost none.');
const v3Produce = notSupported('record production over API v3 does not exist yet');

/** Keys of the original's own configuration class. */
export const proxySettings = {
  id: text('', { doc: 'Id of this server; part of generated consumer instance names.' }),
  'bootstrap.servers': parsed('list of host:port', '', parseBrokers, {
    doc: 'Brokers to begin with. Required. A protocol may precede each (`SSL://broker:9093`); it is then the `security.protocol`.',
  }),
  port: int(8082, { max: 65535, doc: 'Port to listen on where `listeners` is empty.' }),
  'host.name': text('', {
    doc: 'Host in absolute URLs, with the port of the listener. Empty: the Host header of the request.',
  }),
  'advertised.listeners': list([], {
    doc: 'Authority in absolute URLs, one a scheme, e.g. `https://rest.example.com`. Goes before `host.name`.',
  }),
  'schema.registry.url': list(['http://localhost:8081'], {
    doc: "Schema registry, several for fail-over. Empty: schema formats are off. Other `schema.registry.*` keys are its client's.",
  }),
  'consumer.request.timeout.ms': int(1000, {
    doc: "Longest wait of a read in ms. Not the Kafka client's `request.timeout.ms`, which stays 30000 unless `client.request.timeout.ms` says otherwise.",
  }),
  'consumer.request.max.bytes': int(67_108_864, {
    doc: 'Most bytes of keys and values that one read returns.',
  }),
  'consumer.instance.timeout.ms': int(300_000, {
    min: 1,
    doc: 'A consumer instance is closed this long after its last request, in ms.',
  }),
  'fetch.min.bytes': optionalInt('a record', {
    min: -1,
    max: 10_000_000,
    doc: 'A read ends before its time with more than this many bytes. Not set: as soon as there is a record. -1: never before its time, as the original does by default.',
  }),
  'consumer.threads': int(50, { min: -1, doc: 'Threads that read.', stance: noThreads }),
  'consumer.iterator.backoff.ms': int(50, {
    doc: 'Pause between steps of a read.',
    stance: noEffect('A read wakes up when records come; there are no steps.'),
  }),
  'consumer.iterator.timeout.ms': int(1, { doc: '', stance: likeTheOriginal }),
  'producer.threads': int(5, { doc: '', stance: likeTheOriginal }),
  'simpleconsumer.pool.size.max': int(25, { doc: '', stance: likeTheOriginal }),
  'simpleconsumer.pool.timeout.ms': int(1000, { doc: '', stance: likeTheOriginal }),
  'client.init.timeout.ms': int(60_000, { doc: '', stance: likeTheOriginal }),
  'client.timeout.ms': int(500, { doc: '', stance: likeTheOriginal }),
  'api.v2.enable': bool(true, { doc: 'API v2. Off: all of its paths answer 404.' }),
  'api.v3.enable': bool(true, { doc: 'API v3. Off: all of its paths answer 404.' }),
  'confluent.resource.name.authority': text('', {
    doc: 'Authority of the resource names (`crn://…`) of API v3.',
  }),
  'api.endpoints.allowlist': list([], { doc: 'Names of endpoints to serve; empty for all.' }),
  'api.endpoints.blocklist': list([], { doc: 'Names of endpoints not to serve.' }),
  'api.v3.produce.batch.maximum.entries': int(10, { min: 1, max: 50, doc: '', stance: v3Produce }),
  'streaming.connection.max.duration.ms': long(86_400_000, { doc: '', stance: v3Produce }),
  'response.mediatype.preferred': list(['application/json', 'application/vnd.kafka.v2+json'], {
    doc: 'Content types of errors that come before negotiation.',
  }),
  'response.mediatype.default': text('application/json', { doc: 'Content type of such errors otherwise.' }),
};

/** Keys that the original does not have. */
export const ownSettings = {
  'max.request.body.bytes': int(16_777_216, {
    min: 1,
    doc: 'Most bytes of a request body, after decompression; 413 above.',
  }),
  'max.records.per.request': int(50_000, { min: 1, doc: 'Most records of a produce request; 413 above.' }),
  'max.inflight.requests': int(10_000, { doc: 'Requests at one time; 503 above. 0: no limit.' }),
  'max.inflight.bytes': long(268_435_456, {
    doc: 'Bytes of request and response bodies in memory at one time; 503 above. 0: no limit.',
  }),
  'keep.alive.timeout.ms': int(75_000, {
    min: 1,
    doc: 'How long a connection waits for its next request, in ms; more than the idle time of a proxy in front.',
  }),
  'consumer.max.instances': int(10_000, { min: 1, doc: 'Consumer instances in all.' }),
  'consumer.max.instances.per.group': int(1_000, { min: 1, doc: 'Consumer instances of one group.' }),
  'trusted.proxies': list([], {
    doc: 'Addresses and CIDR ranges whose `Forwarded` and `X-Forwarded-*` headers are believed.',
  }),
  'records.headers.enable': bool(false, { doc: 'Record headers in API v2, in produce and in consume.' }),
  'records.timestamps.enable': bool(false, {
    doc: 'Record timestamps in API v2, in produce and in consume.',
  }),
  'log.level': oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info', {
    doc: 'Least level that is logged.',
  }),
  'log.requests': bool(true, { doc: 'One log line a request.' }),
};
