import { connectionSettings } from './connection-settings.ts';
import { bool, int, javaClass, long, noEffect, notSupported, oneOf, refused, unused } from './setting.ts';

const ownSerializers = noEffect('the format of the request decides');
const transactions = refused('the proxy does not produce in transactions');

/** What only the producer has. */
export const producerSettings = {
  ...connectionSettings,
  acks: oneOf(['all', '-1', '0', '1'], 'all', {
    doc: 'Replicas that must have a record before it is acknowledged.',
  }),
  'compression.type': oneOf(['none', 'gzip', 'snappy', 'lz4', 'zstd'], 'none', {
    doc: 'Compression of batches.',
  }),
  'compression.gzip.level': int(-1, { min: -1, max: 9, doc: 'From 1 to 9; -1: the default of zlib.' }),
  'compression.lz4.level': int(9, { min: 1, max: 17, doc: 'From 1 to 17.' }),
  'compression.zstd.level': int(3, { min: -131_072, max: 22, doc: 'From -131072 to 22.' }),
  'linger.ms': long(0, {
    doc: 'Wait for more records. At 0 the records that come together still travel together. (Java: 5)',
  }),
  'batch.size': int(1_048_576, { doc: 'Most bytes of a batch before compression. (Java: 16384)' }),
  'max.request.size': int(1_048_576, {
    min: 1,
    doc: 'Most bytes of a record, and of a request to a broker.',
  }),
  'buffer.memory': long(67_108_864, {
    min: 1,
    doc: 'Bytes of records not yet acknowledged; a request beyond fails at once. (Java: 33554432)',
  }),
  'max.block.ms': long(60_000, {
    doc: 'Longest wait for the metadata of a topic. A topic that does not exist fails at once.',
  }),
  'delivery.timeout.ms': int(120_000, {
    min: 1,
    doc: 'Longest time from request to acknowledgement, retries included.',
  }),
  retries: int(2 ** 31 - 1, { doc: 'Retries of a batch within `delivery.timeout.ms`.' }),
  'enable.idempotence': bool(true, {
    doc: 'Retries make no duplicates. The original forces false. Needs acks=all, retries, and at most 5 requests in flight: without it where one of these is set otherwise.',
  }),
  'max.in.flight.requests.per.connection': int(5, { min: 1, doc: 'Requests to a broker at one time.' }),
  'partitioner.class': javaClass(['DefaultPartitioner', 'UniformStickyPartitioner'], {
    doc: "Java's default, by hash of the key, or UniformStickyPartitioner, which is `partitioner.ignore.keys=true`. Others are refused: records would land elsewhere.",
  }),
  'partitioner.ignore.keys': bool(false, { doc: 'The key does not choose the partition.' }),
  'partitioner.adaptive.partitioning.enable': unused(
    'true',
    notSupported('records without key go to partitions in turn'),
  ),
  'partitioner.availability.timeout.ms': unused(
    '0',
    notSupported('records without key go to partitions in turn'),
  ),
  'metadata.max.idle.ms': unused(
    '300000',
    notSupported('metadata of topics is kept by `metadata.max.age.ms`'),
  ),
  'transactional.id': unused('', transactions),
  'transaction.timeout.ms': unused('60000', noEffect('see `transactional.id`')),
  'transaction.two.phase.commit.enable': unused('false', transactions),
  'interceptor.classes': unused('', refused('plug-ins are Java classes')),
  'key.serializer': unused('', ownSerializers),
  'value.serializer': unused('', ownSerializers),
};
