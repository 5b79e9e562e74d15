import { describe, expect, it } from 'vitest';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaProducer, type SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { BinarySerde } from '#libs/serde/binary/binary-serde.ts';
import type { EmbeddedFormat } from '#libs/serde/embedded-format.ts';
import { JsonSerde } from '#libs/serde/json/json-serde.ts';
import { Serde, type RecordSerializer, type SerializationTarget } from '#libs/serde/serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import type { ProduceRequest, RecordToProduce } from './produce-request.ts';
import { ProduceService } from './produce.service.ts';

class RecordingProducer extends KafkaProducer {
  readonly sent: ProducerRecord[] = [];

  send(records: readonly ProducerRecord[]): Promise<readonly SendResult[]> {
    this.sent.push(...records);
    return Promise.resolve(
      records.map((record, i) =>
        record.partition === 9
          ? { error: KafkaError.of('UNKNOWN_TOPIC_OR_PARTITION') }
          : { partition: record.partition ?? 0, offset: BigInt(i), timestamp: 1n },
      ),
    );
  }
}

/** A format whose schemas are fetched. */
class SlowSerde extends Serde {
  readonly format: EmbeddedFormat = 'avro';

  async serializer({ isKey, schema }: SerializationTarget): Promise<RecordSerializer> {
    await Promise.resolve();
    if (schema.schemaId === undefined)
      throw isKey ? restErrors.keySchemaMissing() : restErrors.valueSchemaMissing();
    return {
      schemaId: schema.schemaId,
      serialize: (json) => Buffer.from(`${schema.schemaId}:${json === null ? '' : json.toString()}`),
    };
  }

  deserialize(data: Buffer): Buffer {
    return data;
  }
}

/** A format whose every record takes longer than a large request may keep the event loop. */
class LaboriousSerde extends SlowSerde {
  override readonly format: EmbeddedFormat = 'protobuf';
  /** Milliseconds. */
  readonly pauses: number[] = [];

  override async serializer(): Promise<RecordSerializer> {
    await Promise.resolve();
    return {
      schemaId: 1,
      serialize(json) {
        const since = performance.now();
        while (performance.now() - since < 11);
        if (json?.toString() === 'bad') throw restErrors.badRequest('bad');
        return json;
      },
      paused: (ms) => this.pauses.push(ms),
    };
  }
}

function record(key: string | null, value: string | null, partition: number | null = null): RecordToProduce {
  return {
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    partition,
    headers: undefined,
    timestamp: undefined,
  };
}

function request(records: readonly RecordToProduce[], parts: Partial<ProduceRequest> = {}): ProduceRequest {
  return {
    topic: 't',
    partition: null,
    key: { format: 'binary', schema: {} },
    value: { format: 'json', schema: {} },
    records,
    placeOf: (index, part) => `records[${index}].${part}`,
    ...parts,
  };
}

function service(): {
  readonly produce: ProduceService;
  readonly producer: RecordingProducer;
  readonly laborious: LaboriousSerde;
} {
  const laborious = new LaboriousSerde();
  const producer = new RecordingProducer();
  const serdes = new Serdes([new BinarySerde(), new JsonSerde(), new SlowSerde(), laborious]);
  return { produce: new ProduceService(serdes, producer), producer, laborious };
}

describe('ProduceService', () => {
  it('serialises keys and values in their formats and sends them in order', async () => {
    const { produce, producer } = service();
    const outcome = await produce.produce(
      request([record('"YQ=="', '{"a":1}', 2), record(null, null, 9)], { partition: 1 }),
    );
    expect(producer.sent).toEqual([
      expect.objectContaining({
        topic: 't',
        partition: 2,
        key: Buffer.from('a'),
        value: Buffer.from('{"a":1}'),
      }),
      expect.objectContaining({ topic: 't', partition: 9, key: null, value: null }),
    ]);
    expect(outcome.results[0]).toMatchObject({ partition: 2, offset: 0n });
    expect(outcome.results[1]?.error?.kind).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(outcome.keySchema.schemaId).toBe(null);
  });

  it('takes the partition of the request where a record has none', async () => {
    const { produce, producer } = service();
    await produce.produce(request([record(null, '1'), record(null, '2', 0)], { partition: 1 }));
    expect(producer.sent.map(({ partition }) => partition)).toEqual([1, 0]);
  });

  it('sends nothing when one record cannot be serialised, and says which', async () => {
    const { produce, producer } = service();
    const bad = [record('"YQ=="', '1'), record('"YQ=="', '2'), record('"not base64!!"', '3')];
    await expect(produce.produce(request(bad))).rejects.toMatchObject({
      status: 400,
      errorCode: 400,
      message: 'Bad Request: data="not base64!!" is not a valid base64 string. (records[2].key)',
    });
    expect(producer.sent).toEqual([]);
  });

  it('lets others have their turn while it serialises a large request, and keeps the order', async () => {
    const { produce, producer, laborious } = service();
    const records = Array.from({ length: 8 }, (_, index) => record(null, String(index)));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    try {
      await produce.produce(
        request(records, { key: { format: 'json', schema: {} }, value: { format: 'protobuf', schema: {} } }),
      );
    } finally {
      clearInterval(timer);
    }

    expect(turns).toBeGreaterThan(3);
    // Their time is not the serializer's.
    expect(laborious.pauses).toHaveLength(7);
    expect(producer.sent.map(({ value }) => value?.toString())).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
    ]);
  });

  it('says which record of a large request is wrong, and sends none', async () => {
    const { produce, producer } = service();
    const records = ['0', '1', 'bad', '3'].map((value) => record(null, value));
    const large = request(records, {
      key: { format: 'json', schema: {} },
      value: { format: 'protobuf', schema: {} },
    });

    await expect(produce.produce(large)).rejects.toMatchObject({
      message: expect.stringContaining('(records[2].value)'),
    });
    expect(producer.sent).toEqual([]);
  });

  it('hands a small request to the producer at once', async () => {
    const { produce, producer } = service();
    const produced = produce.produce(request([record(null, '1'), record(null, '2')]));

    expect(producer.sent).toHaveLength(2);
    await produced;
  });

  it('waits for schemas and tells which were used', async () => {
    const { produce, producer } = service();
    const avro = (schemaId: number): ProduceRequest['key'] => ({ format: 'avro', schema: { schemaId } });
    const outcome = await produce.produce(request([record('1', '2')], { key: avro(7), value: avro(8) }));
    expect(producer.sent[0]).toMatchObject({ key: Buffer.from('7:1'), value: Buffer.from('8:2') });
    expect([outcome.keySchema.schemaId, outcome.valueSchema.schemaId]).toEqual([7, 8]);
  });

  it("tells the key's error when neither schema can be had", async () => {
    const { produce, producer } = service();
    const avro = { format: 'avro', schema: {} } as const;
    await expect(
      produce.produce(request([record('1', '2')], { key: avro, value: avro })),
    ).rejects.toMatchObject({
      errorCode: 42201,
    });
    expect(producer.sent).toEqual([]);
  });

  it('says that there is no room when the producer has none', async () => {
    const full: KafkaProducer = {
      send: (records) =>
        Promise.resolve(records.map(() => ({ error: new KafkaError('BUFFER_EXHAUSTED', -1, true, 'full') }))),
    };
    const produce = new ProduceService(new Serdes([new BinarySerde(), new JsonSerde()]), full);
    await expect(produce.produce(request([record(null, '1')]))).rejects.toMatchObject({
      status: 503,
      message: 'Service Unavailable: full',
      retryAfterSeconds: 1,
    });
  });
});
