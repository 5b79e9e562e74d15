import { describe, expect, it } from 'vitest';
import { configOf, problemsOf } from '../../../../../test/support/config-of.ts';

describe('the Kafka clients', () => {
  it('get client.* all, and what is theirs alone before it', () => {
    const { kafka } = configOf({
      'client.request.timeout.ms': '1000',
      'producer.request.timeout.ms': '2000',
      'consumer.client.id': 'reader',
      'client.acks': '1',
      'client.isolation.level': 'read_committed',
      'admin.bootstrap.servers': 'other:1',
    });

    expect(kafka.admin).toMatchObject({ requestTimeoutMs: 1000, brokers: [{ host: 'other', port: 1 }] });
    expect(kafka.producer).toMatchObject({ requestTimeoutMs: 2000, clientId: 'kafka-rest' });
    expect(kafka.consumer).toMatchObject({ requestTimeoutMs: 1000, clientId: 'reader' });
    expect(kafka.producerConfig).toMatchObject({ acks: 1, requestTimeoutMs: 2000 });
    expect(kafka.consumerConfig.isolationLevel).toBe('read_committed');
  });

  it("keep their own request timeout, though consumer.request.timeout.ms is the proxy's", () => {
    const { consumers, kafka } = configOf({ 'consumer.request.timeout.ms': '7', 'client.timeout.ms': '9' });

    expect(consumers.requestTimeoutMs).toBe(7);
    expect(kafka.consumer.requestTimeoutMs).toBe(30_000);
  });

  it.each([
    [{ 'producer.acks': '1' }, false],
    [{ 'producer.acks': '-1' }, true],
    [{ 'producer.retries': '0' }, false],
    [{ 'producer.max.in.flight.requests.per.connection': '6' }, false],
    [{ 'producer.enable.idempotence': 'false' }, false],
  ])('are idempotent unless something rules it out: %j', (given, expected) => {
    expect(configOf(given).kafka.producerConfig.enableIdempotence).toBe(expected);
  });

  it('are not idempotent against the other settings', () => {
    expect(
      problemsOf(() =>
        configOf({ 'producer.enable.idempotence': 'true', 'producer.acks': '0', 'client.retries': '0' }),
      ),
    ).toEqual([
      'producer.enable.idempotence: needs acks=all and retries above 0 (from KAFKA_REST_PRODUCER_ENABLE_IDEMPOTENCE)',
    ]);
  });

  it.each([
    [{ 'producer.compression.type': 'gzip', 'producer.compression.gzip.level': '9' }, 9],
    [{ 'producer.compression.type': 'zstd', 'producer.compression.gzip.level': '9' }, undefined],
    [{ 'producer.compression.type': 'zstd', 'producer.compression.zstd.level': '-5' }, -5],
    [{ 'producer.compression.type': 'lz4' }, undefined],
  ])('take the level of their own compression: %j', (given, level) => {
    expect(configOf(given).kafka.producerConfig.compressionLevel).toBe(level);
  });

  it("know Java's assignors and partitioners", () => {
    const { kafka } = configOf({
      'consumer.partition.assignment.strategy':
        'org.apache.kafka.clients.consumer.CooperativeStickyAssignor, RoundRobinAssignor,sticky',
      'producer.partitioner.class': 'org.apache.kafka.clients.producer.UniformStickyPartitioner',
    });

    expect(kafka.consumerConfig.partitionAssignmentStrategy).toEqual([
      'cooperative-sticky',
      'roundrobin',
      'sticky',
    ]);
    expect(kafka.producerConfig.partitionerIgnoreKeys).toBe(true);
  });

  it('wait for a delivery at least as long as for a request', () => {
    const { producerConfig } = configOf({ 'producer.request.timeout.ms': '200000' }).kafka;

    expect(producerConfig.deliveryTimeoutMs).toBe(200_000);
  });
});
