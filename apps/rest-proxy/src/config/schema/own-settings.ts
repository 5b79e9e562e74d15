import { parseTrustedProxies } from '../http/trusted-proxies.ts';
import { bool, int, long, oneOf, parsed } from './setting.ts';

/** Keys that the original does not have. */
export const ownSettings = {
  'max.request.body.bytes': int(16_777_216, {
    min: 1,
    doc: 'Most bytes of a request body, after decompression; 413 above.',
  }),
  'max.records.per.request': int(50_000, { min: 1, doc: 'Most records of a produce request; 413 above.' }),
  'max.inflight.requests': int(10_000, { doc: 'Requests at one time; 503 above. 0: no limit.' }),
  'max.open.streams': int(10_000, {
    doc: 'Streams of records (API v3) at one time; 503 above. They do not count as requests in flight. 0: no limit.',
  }),
  'max.inflight.bytes': long(268_435_456, {
    doc: 'Bytes of request and response bodies in memory at one time; 503 above. 0: no limit.',
  }),
  'keep.alive.timeout.ms': int(75_000, {
    min: 1,
    doc: 'How long a connection waits for its next request, in ms; more than the idle time of a proxy in front.',
  }),
  'consumer.max.instances': int(10_000, { min: 1, doc: 'Consumer instances in all.' }),
  'consumer.max.instances.per.group': int(1_000, { min: 1, doc: 'Consumer instances of one group.' }),
  'trusted.proxies': parsed('list of addresses and CIDR ranges', '', parseTrustedProxies, {
    doc: 'Addresses and CIDR ranges whose `Forwarded` and `X-Forwarded-*` headers are believed.',
  }),
  'records.headers.enable': bool(false, {
    doc: 'Record headers in API v2, in produce and in consume. An extension: the original has none.',
  }),
  'records.timestamps.enable': bool(false, {
    doc: 'Record timestamps in API v2, in produce and in consume. An extension: the original has none.',
  }),
  'records.schema.ids.enable': bool(false, {
    doc: 'Schema ids of key and value in API v2, in consume. An extension: the original has none.',
  }),
  'avro.logical.types.readable': bool(false, {
    doc: 'Dates, times and decimals of Avro as text, not as numbers and bytes. The original has none.',
  }),
  'log.level': oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info', {
    doc: 'Least level that is logged.',
  }),
  'log.requests': bool(true, { doc: 'One line in the log for each request.' }),
};
