import { describe, expect, it } from 'vitest';
import { Delivery } from '#libs/consumers/delivery.ts';
import type { ConsumerRecord, RecordHeader } from '#libs/kafka/kafka-types.ts';
import { RecordsEncoder, type RecordExtensions } from './records-encoder.ts';

interface Given {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: bigint;
  readonly timestamp?: bigint;
  readonly headers?: readonly RecordHeader[];
  /** JSON text. */
  readonly key?: string;
  readonly value?: string;
  /** Kafka's bytes. */
  readonly keyBytes?: Buffer;
  readonly valueBytes?: Buffer;
}

const noExtensions: RecordExtensions = { timestamps: false, headers: false, schemaIds: false };

function encode(
  given: readonly Given[],
  extensions: Partial<RecordExtensions> = {},
): { readonly chunks: readonly Buffer[]; readonly text: string } {
  const records: ConsumerRecord[] = given.map(
    ({ topic = 't1', partition = 0, offset = 0n, timestamp = 0n, headers = [], keyBytes, valueBytes }) => ({
      topic,
      partition,
      offset,
      timestamp,
      headers,
      key: keyBytes ?? null,
      value: valueBytes ?? null,
    }),
  );
  const buffer = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
  const delivery = new Delivery(
    records,
    given.map(({ key }) => buffer(key)),
    given.map(({ value }) => buffer(value)),
    { confirmed() {}, abandoned() {}, held() {} },
  );
  const encoder = new RecordsEncoder(delivery, { ...noExtensions, ...extensions });
  const chunks: Buffer[] = [];
  for (let chunk = encoder.next(); chunk !== undefined; chunk = encoder.next()) chunks.push(chunk);
  return { chunks, text: Buffer.concat(chunks).toString() };
}

describe('RecordsEncoder', () => {
  it('writes an empty list', () => {
    expect(encode([])).toMatchObject({ text: '[]', chunks: [expect.anything()] });
  });

  it('writes members in the order of the original', () => {
    expect(encode([{ key: '"k"', value: '{"a":1.10}', partition: 3, offset: 7n }]).text).toBe(
      '[{"topic":"t1","key":"k","value":{"a":1.10},"partition":3,"offset":7}]',
    );
  });

  it('keeps topics and partitions apart', () => {
    const given = [
      { topic: 'a', partition: 1 },
      { topic: 'a', partition: 1, offset: 1n },
      { topic: 'a', partition: 2 },
      { topic: 'b', partition: 2 },
      { topic: 'a', partition: 1, offset: 2n },
    ];

    expect(JSON.parse(encode(given).text)).toEqual(
      given.map(({ topic, partition, offset = 0n }) => ({
        topic,
        key: null,
        value: null,
        partition,
        offset: Number(offset),
      })),
    );
  });

  it('writes every digit of offset and timestamp', () => {
    const { text } = encode([{ offset: 2n ** 63n - 1n, timestamp: -(2n ** 63n) }], {
      timestamps: true,
    });

    expect(text).toContain('"offset":9223372036854775807,"timestamp":-9223372036854775808}');
  });

  it('writes headers of any text', () => {
    const headers = [
      { key: '"ä😀\\', value: Buffer.from('x') },
      { key: '', value: null },
    ];
    const { text } = encode([{ headers }], { headers: true });

    expect(JSON.parse(text)).toMatchObject([
      {
        headers: [
          { key: '"ä😀\\', value: 'eA==' },
          { key: '', value: null },
        ],
      },
    ]);
  });

  it('writes the ids of schemas, null where there are no data', () => {
    const largest = {
      keyBytes: Buffer.from('007fffffff', 'hex'),
      valueBytes: Buffer.from('00000000070a', 'hex'),
    };
    const { text } = encode([largest, { valueBytes: largest.keyBytes, timestamp: 1n }, {}], {
      schemaIds: true,
      timestamps: true,
      headers: true,
    });

    expect(text).toContain(
      '"offset":0,"timestamp":0,"key_schema_id":2147483647,"value_schema_id":7,"headers":[]}',
    );
    expect(JSON.parse(text)).toMatchObject([
      { key_schema_id: 2147483647, value_schema_id: 7 },
      { key_schema_id: null, value_schema_id: 2147483647 },
      { key_schema_id: null, value_schema_id: null },
    ]);
  });

  it.each([1, 2, 100, 5_000])('cuts %i records of any size into chunks that make one text', (count) => {
    const given = Array.from({ length: count }, (_, index) => ({
      key: String(index),
      value: JSON.stringify('ü'.repeat((index * 7_919) % 1_000)),
      offset: BigInt(index),
    }));
    const { chunks, text } = encode(given);

    expect(JSON.parse(text)).toEqual(
      given.map(({ key, value }, offset) => ({
        topic: 't1',
        key: Number(key),
        value: JSON.parse(value) as unknown,
        partition: 0,
        offset,
      })),
    );
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(300_000);
  });

  it('puts a large record into a chunk of its own size', () => {
    const value = JSON.stringify('x'.repeat(1_000_000));
    const { chunks, text } = encode([{ value }, { value }]);

    expect(chunks).toHaveLength(2);
    expect(JSON.parse(text)).toHaveLength(2);
  });
});
