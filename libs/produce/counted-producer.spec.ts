import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaProducer, type SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import { CountedProducer } from './counted-producer.ts';
import { ProduceCounts } from './produce-counts.ts';

/** Fails records without a value. */
class Producer extends KafkaProducer {
  override send(records: readonly ProducerRecord[]): Promise<readonly SendResult[]> {
    const written = { partition: 0, offset: 0n, timestamp: 0n };
    const failed = { error: KafkaError.of('REQUEST_TIMED_OUT') };
    return Promise.resolve(records.map(({ value }) => (value === null ? failed : written)));
  }
}

const record = (key: string | null, value: string | null): ProducerRecord => ({
  topic: 't',
  partition: null,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: undefined,
  timestamp: undefined,
});

describe('CountedProducer', () => {
  it('counts records and bytes that were written, and records that were not', async () => {
    const counts = new ProduceCounts();
    const producer = new CountedProducer(new Producer(), counts);

    const results = await producer.send([record('k', 'value'), record('key', null), record(null, '')]);

    expect(results).toHaveLength(3);
    expect(counts.written.entries()).toEqual([[undefined, 2]]);
    expect(counts.failed.entries()).toEqual([[undefined, 1]]);
    expect(counts.bytes.entries()).toEqual([[undefined, 6]]);
  });
});
