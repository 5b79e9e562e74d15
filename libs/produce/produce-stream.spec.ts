import { describe, expect, it, vi } from 'vitest';
import { restErrors } from '#libs/errors/rest-errors.ts';
import { KafkaError } from '#libs/kafka/kafka-error.ts';
import { KafkaProducer, type SendProgress, type SendResult } from '#libs/kafka/kafka-producer.ts';
import type { ProducerRecord } from '#libs/kafka/kafka-types.ts';
import { BinarySerde } from '#libs/serde/binary/binary-serde.ts';
import { JsonSerde } from '#libs/serde/json/json-serde.ts';
import type { RecordSerializer, SerializationTarget } from '#libs/serde/serde.ts';
import { Serdes } from '#libs/serde/serdes.ts';
import type { RecordDraft, RecordOutcome } from './record-draft.ts';
import { ProduceStream } from './produce-stream.ts';

interface Call {
  readonly values: readonly (string | undefined)[];
  readonly progress: SendProgress | undefined;
  answer(results: readonly SendResult[]): void;
}

/** Answers when the test says so. */
class WaitingProducer extends KafkaProducer {
  readonly calls: Call[] = [];

  send(records: readonly ProducerRecord[], progress?: SendProgress): Promise<readonly SendResult[]> {
    return new Promise((resolve) => {
      const values = records.map(({ value }) => value?.toString());
      this.calls.push({ values, progress, answer: resolve });
    });
  }
}

/** A registry whose answers take a while; `fail` makes it refuse. */
class SlowSchemas {
  readonly asked: SerializationTarget[] = [];

  async serializer(target: SerializationTarget): Promise<RecordSerializer> {
    this.asked.push(target);
    await Promise.resolve();
    if (target.schema.schemaId === 13) throw restErrors.serializing('no such schema');
    return {
      schemaId: 7,
      format: 'avro',
      serialize: (json) => Buffer.from(`avro ${json === null ? 'null' : json.toString()}`),
    };
  }
}

const ok = (...offsets: readonly number[]): SendResult[] =>
  offsets.map((offset) => ({ partition: 0, offset: BigInt(offset), timestamp: 1n }));

function json(value: string): RecordDraft {
  const data = { format: 'json', schema: {}, json: Buffer.from(value) } as const;
  return { key: undefined, value: data, partition: null, headers: undefined, timestamp: undefined };
}

function bySchema(value: string, schemaId = 1): RecordDraft {
  const data = { format: undefined, schema: { schemaId }, json: Buffer.from(value) };
  return { key: undefined, value: data, partition: null, headers: undefined, timestamp: undefined };
}

function started(): {
  readonly stream: ProduceStream;
  readonly producer: WaitingProducer;
  readonly schemas: SlowSchemas;
  readonly told: string[];
} {
  const producer = new WaitingProducer();
  const schemas = new SlowSchemas();
  const told: string[] = [];
  const stream = new ProduceStream(
    't',
    new Serdes([new BinarySerde(), new JsonSerde()], schemas),
    producer,
    (outcomes) => told.push(...outcomes.map(shown)),
  );
  return { stream, producer, schemas, told };
}

function shown(outcome: RecordOutcome): string {
  if (outcome.error !== undefined) return String(outcome.error);
  return `${outcome.offset} ${outcome.value?.format} ${outcome.value?.size}`;
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('ProduceStream', () => {
  it('sends what is pushed at one time in one call, and tells the outcomes in order', async () => {
    const { stream, producer, told } = started();
    expect(stream.push([json('1'), restErrors.streamTooOld(), json('22')])).toBe(undefined);
    expect(stream.pending).toBe(3);
    expect(producer.calls[0]?.values).toEqual(['1', '22']);
    producer.calls[0]?.answer(ok(5, 6));
    await settled();
    expect(told).toEqual(['5 json 1', String(restErrors.streamTooOld()), '6 json 2']);
    expect(stream.pending).toBe(0);
  });

  it('tells the first outcomes while others are missing', async () => {
    const { stream, producer, told } = started();
    void stream.push([json('1'), json('2')]);
    producer.calls[0]?.progress?.(ok(5), 1);
    await settled();
    expect(told).toEqual(['5 json 1']);
    producer.calls[0]?.answer(ok(5, 9));
    await settled();
    expect(told).toEqual(['5 json 1', '9 json 1']);
  });

  it('keeps the order over calls that are answered out of order', async () => {
    const { stream, producer, told } = started();
    void stream.push([json('1')]);
    void stream.push([json('2')]);
    producer.calls[1]?.answer(ok(8));
    await settled();
    expect(told).toEqual([]);
    producer.calls[0]?.answer(ok(7));
    await settled();
    expect(told).toEqual(['7 json 1', '8 json 1']);
  });

  it('lets one record fail alone, and says where', async () => {
    const { stream, producer, told } = started();
    const bad: RecordDraft = {
      ...json('1'),
      value: { format: 'binary', schema: {}, json: Buffer.from('"!"') },
    };
    void stream.push([json('1'), bad, json('3')]);
    expect(producer.calls[0]?.values).toEqual(['1', '3']);
    producer.calls[0]?.answer(ok(0, 1));
    await settled();
    expect(told[1]).toContain('data="!" is not a valid base64 string. (value.data)');
  });

  it('fetches a schema once a push, keeps the order, and goes on when there is none', async () => {
    const { stream, producer, schemas, told } = started();
    const ready = stream.push([
      json('1'),
      bySchema('2'),
      bySchema('3'),
      bySchema('4', 13),
      bySchema('5', 13),
      json('6'),
    ]);
    expect(ready).toBeInstanceOf(Promise);
    await ready;
    expect(producer.calls.flatMap(({ values }) => values)).toEqual(['1', 'avro 2', 'avro 3', '6']);
    expect(schemas.asked.filter(({ schema }) => schema.schemaId === 1)).toHaveLength(1);
    for (const call of producer.calls) call.answer(ok(...call.values.map((_, i) => i)));
    await settled();
    expect(told.map((line) => line.replace(/.*(no such schema)/, '$1'))).toEqual([
      '0 json 1',
      '0 avro 6',
      '1 avro 6',
      'no such schema',
      'no such schema',
      '0 json 1',
    ]);
  });

  it('tries again while the producer has no room, with later records behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] });
    try {
      const { stream, producer, told } = started();
      const full = (): SendResult[] => [{ error: new KafkaError('BUFFER_EXHAUSTED', -1, true, 'full') }];
      void stream.push([json('1')]);
      producer.calls[0]?.answer(full());
      await vi.advanceTimersByTimeAsync(1);
      const second = stream.push([json('2')]);
      expect(second).toBeInstanceOf(Promise);
      expect(producer.calls).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(20);
      expect(producer.calls.map(({ values }) => values)).toEqual([['1'], ['1']]);
      producer.calls[1]?.answer(ok(0));
      await second;
      expect(producer.calls[2]?.values).toEqual(['2']);
      producer.calls[2]?.answer(ok(1));
      await vi.advanceTimersByTimeAsync(1);
      expect(told).toEqual(['0 json 1', '1 json 1']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says so when there is no room for too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] });
    try {
      const { stream, producer, told } = started();
      void stream.push([json('1')]);
      const full = (): SendResult[] => [{ error: new KafkaError('BUFFER_EXHAUSTED', -1, true, 'full') }];
      while (told.length === 0 && producer.calls.length < 5_000) {
        producer.calls.at(-1)?.answer(full());
        await vi.advanceTimersByTimeAsync(20);
      }
      expect(told[0]).toContain('full');
      expect(performance.now()).toBeGreaterThan(29_000);
    } finally {
      vi.useRealTimers();
    }
  });
});
